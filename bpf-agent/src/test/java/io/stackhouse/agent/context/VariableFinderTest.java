package io.stackhouse.agent.context;

import static org.assertj.core.api.Assertions.assertThat;

import io.stackhouse.agent.elf.Needs;
import io.stackhouse.agent.process.TargetMemory;
import io.stackhouse.agent.process.TargetReadException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that gcc made, put into memory, and what a dynamic linker leaves in them. */
class VariableFinderTest {
    private static final ProcessImages LIBRARY = new ProcessImages().of(new long[] {LoadedImage.BASE}, 0, false);
    private static final int ROUNDS = 3000;
    private static final Duration LONGEST = Duration.ofSeconds(2);

    @TempDir
    Path folder;

    @Test
    void takesTheOffsetOfInitialExec() throws Exception {
        LoadedImage image = library("-ftls-model=initial-exec").relocated("TPOFF64", -152, 0);

        assertThat(find(image, LIBRARY)).isEqualTo(VariablePlace.ofThread(-152));
    }

    @Test
    void takesADescriptorInStaticStorage() throws Exception {
        LoadedImage image = library("-mtls-dialect=gnu2").relocated("TLSDESC", 0x1234, -88);

        assertThat(find(image, LIBRARY)).isEqualTo(VariablePlace.ofThread(-88));
    }

    @Test
    void takesADescriptorThatPointsToAModule() throws Exception {
        LoadedImage image = library("-mtls-dialect=gnu2");
        int argument = image.bytes().length - 64;
        ByteBuffer.wrap(image.bytes()).order(ByteOrder.LITTLE_ENDIAN).putLong(argument, 5);
        image.relocated("TLSDESC", 0x1234, LoadedImage.BASE + argument);

        assertThat(find(image, LIBRARY)).isEqualTo(new VariablePlace(0, 5, 8, -16, 16));
    }

    @Test
    void takesAModuleOfGeneralDynamic() throws Exception {
        LoadedImage image = library("-mtls-dialect=gnu").relocated("DTPMOD64", 4, 0x40);

        assertThat(find(image, LIBRARY)).isEqualTo(new VariablePlace(0x40, 4, 8, -16, 16));
        ProcessImages withMusl = new ProcessImages().of(new long[] {LoadedImage.BASE}, 0, true);
        assertThat(find(image, withMusl)).isEqualTo(new VariablePlace(0x40, 4, 8, 0, 8));
    }

    @Test
    void takesNothingThatIsNotFilledInYet() throws Exception {
        assertThat(find(library("-mtls-dialect=gnu"), LIBRARY)).isNull();
        assertThat(find(library("-mtls-dialect=gnu2"), LIBRARY)).isNull();
        assertThat(find(library("-ftls-model=initial-exec"), LIBRARY)).isNull();
    }

    @ParameterizedTest
    @CsvSource({"''", "-DLARGE=100", "-DLARGE=4096", "-DLARGE=1"})
    void takesTheOffsetThatAProgramHasForItself(String large) throws Exception {
        Path file = folder.resolve("offset");
        compile(file, "src/test/c/context_offset.c", large.isEmpty() ? "-DNONE" : large, "-rdynamic");
        long printed = Long.parseLong(Needs.linesOf(file.toString()).get(0));
        LoadedImage image = new LoadedImage(file);
        long headers =
                ByteBuffer.wrap(image.bytes()).order(ByteOrder.LITTLE_ENDIAN).getLong(32);

        ProcessImages program =
                new ProcessImages().of(new long[] {LoadedImage.BASE}, LoadedImage.BASE + headers, false);
        assertThat(find(image, program)).isEqualTo(VariablePlace.ofThread(printed));
    }

    /** The first block lies behind the two words of the thread's head, aligned as the segment says (ELF handling of TLS, variant 1). */
    @ParameterizedTest
    @CsvSource({"0, 8, 8, 16", "24, 64, 16, 40", "8, 16, 64, 72"})
    void knowsWhereAarch64HasTheMainProgramsBlock(long value, long bytes, long align, long offset) {
        ThreadLayout layout = ThreadLayout.of(ThreadLayout.MACHINE_AARCH64, false);

        assertThat(layout.mainOffset(value, new LoadedElf.TlsSegment(0x10000, bytes, align)))
                .isEqualTo(offset);
    }

    @Test
    void readsDamagedImagesWithoutHarm() throws Exception {
        LoadedImage image = library("-mtls-dialect=gnu").relocated("DTPMOD64", 4, 0);
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        int different = 0;
        for (int round = 0; round < ROUNDS; round++) {
            byte[] damaged = damaged(image.bytes(), random);
            long start = System.nanoTime();
            VariablePlace found;
            try {
                found = find(image.with(damaged), LIBRARY);
            } catch (TargetReadException e) {
                found = null;
            }
            different += found == null || found.module() != 4 ? 1 : 0;
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .as("seed %d, round %d", seed, round)
                    .isLessThan(LONGEST);
        }
        // Otherwise the damage would not have reached what is read.
        assertThat(different).as("seed %d", seed).isBetween(ROUNDS / 50, ROUNDS - ROUNDS / 50);
    }

    private static byte[] damaged(byte[] original, Random random) {
        byte[] bytes = original.clone();
        for (int i = 0; i < 1 + random.nextInt(6); i++) {
            int at = random.nextInt(3) == 0 ? random.nextInt(bytes.length) : random.nextInt(0x700);
            byte value = new byte[] {0, -1, 0x7f, (byte) 0x80, (byte) random.nextInt()}[random.nextInt(5)];
            for (int k = 0; k < 1 << random.nextInt(4) && at + k < bytes.length; k++) {
                bytes[at + k] = value;
            }
        }
        return bytes;
    }

    private LoadedImage library(String model) throws Exception {
        Path file = folder.resolve("lib" + model.hashCode() + ".so");
        compile(file, "-fPIC", "-shared", model);
        return new LoadedImage(file);
    }

    private static void compile(Path file, String... options) throws Exception {
        Needs.tool("gcc");
        String[] command = new String[options.length + 5];
        command[0] = "gcc";
        command[1] = "-O2";
        command[2] = "-o";
        command[3] = file.toString();
        command[4] = "src/test/c/context_variable.c";
        System.arraycopy(options, 0, command, 5, options.length);
        Needs.linesOf(command);
    }

    private static VariablePlace find(TargetMemory.Source memory, ProcessImages images) throws TargetReadException {
        return new VariableFinder().find(memory, images);
    }
}
