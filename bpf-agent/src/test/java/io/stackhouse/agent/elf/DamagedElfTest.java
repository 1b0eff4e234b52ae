package io.stackhouse.agent.elf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real files with random damage: whatever they say, there is no exception but ours, and each is done in bounded time. */
class DamagedElfTest {
    private static final int ROUNDS = 4000;
    private static final Duration LONGEST = Duration.ofSeconds(2);

    @TempDir
    Path folder;

    @Test
    void readsDamagedProgramsWithoutHarm() throws Exception {
        damage(Files.readAllBytes(Needs.compiled("target.c", folder, "-O1", "-g")));
    }

    @Test
    void readsDamagedLibrariesWithoutHarm() throws Exception {
        damage(Files.readAllBytes(Path.of("/bin/ls").toRealPath()));
    }

    /** A header table just below the largest position, once read as if it were in the window. */
    @Test
    void refusesPositionsWhoseSumWrapsAround() throws Exception {
        ByteWindow window = new ByteWindow(4096).attach(ByteSource.of(new byte[8192]));
        assertThat(window.i32(4096)).isZero();

        assertThatThrownBy(() -> window.i32(Long.MIN_VALUE + 4096 - 2)).isInstanceOf(ElfFormatException.class);
        assertThatThrownBy(() -> window.i32(Long.MAX_VALUE - 2)).isInstanceOf(ElfFormatException.class);
    }

    private static void damage(byte[] original) {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        ByteWindow window = new ByteWindow(32 * 1024);
        int refused = 0;
        for (int round = 0; round < ROUNDS; round++) {
            byte[] bytes = damaged(original, random);
            long start = System.nanoTime();
            try {
                readAll(bytes, window);
            } catch (ElfFormatException e) {
                refused++;
            } catch (IOException | RuntimeException | Error e) {
                fail("seed " + seed + ", round " + round, e);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .as("seed %d, round %d", seed, round)
                    .isLessThan(LONGEST);
        }
        // Otherwise the damage would not have reached what is read.
        assertThat(refused).as("seed %d", seed).isBetween(ROUNDS / 100, ROUNDS - ROUNDS / 100);
    }

    private static void readAll(byte[] bytes, ByteWindow window) throws IOException {
        window.attach(ByteSource.of(bytes));
        assertThat(HtlHash.of(window)).hasSize(32);
        ElfFile elf = ElfFile.read(window);
        for (int i = 0; i < elf.segments(); i++) {
            assertThat(elf.segmentLimit(i)).isGreaterThanOrEqualTo(elf.segmentAddress(i));
        }
        long around = elf.segments() == 0 ? 0 : elf.segmentAddress(0);
        for (int limit : new int[] {1 << 20, 8}) {
            SymbolTable table = SymbolTable.read(elf, window, around, new SymbolTable.Limits(limit));
            for (long address = around; address < around + 4096; address += 61) {
                String name = table.nameAt(address, window);
                assertThat(name == null || name.length() <= ByteWindow.MAX_STRING_BYTES)
                        .isTrue();
            }
        }
    }

    /** Damages headers more often than contents, with the values that hurt most. */
    private static byte[] damaged(byte[] original, Random random) {
        byte[] bytes =
                random.nextInt(8) == 0 ? Arrays.copyOf(original, random.nextInt(original.length)) : original.clone();
        long sections = java.nio.ByteBuffer.wrap(original)
                .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                .getLong(40);
        int hits = 1 + random.nextInt(12);
        for (int i = 0; i < hits && bytes.length > 0; i++) {
            int at = switch (random.nextInt(4)) {
                case 0 -> random.nextInt(64);
                case 1 -> random.nextInt(1024);
                case 2 -> (int) Math.min(bytes.length - 1, sections + random.nextInt(2048));
                default -> random.nextInt(bytes.length);
            };
            int width = 1 << random.nextInt(4);
            byte value = new byte[] {0, -1, 0x7f, (byte) 0x80, (byte) random.nextInt()}[random.nextInt(5)];
            for (int k = 0; k < width && at + k < bytes.length; k++) {
                bytes[at + k] = value;
            }
        }
        return bytes;
    }
}
