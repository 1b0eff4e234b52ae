package io.stackhouse.agent.symbol;

import static org.assertj.core.api.Assertions.assertThat;

import io.stackhouse.agent.elf.ByteWindow;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelTest {
    private static final long TEXT = 0xffffffff81000000L;

    @TempDir
    Path folder;

    private final AtomicLong clock = new AtomicLong();
    private final SymbolizerCounters counters = new SymbolizerCounters();
    private Kernel kernel;

    @BeforeEach
    void makeKernel() throws Exception {
        Files.createDirectories(folder.resolve("sys/module/ext4/notes"));
        Files.createDirectories(folder.resolve("sys/kernel"));
        Files.write(folder.resolve("sys/kernel/notes"), note(0x11));
        Files.write(folder.resolve("sys/module/ext4/notes/.note.gnu.build-id"), note(0x22));
        Files.createDirectories(folder.resolve("proc"));
        kallsyms("");
        Files.writeString(folder.resolve("proc/modules"), "ext4 65536 1 - Live 0xffffffffc0100000\n");
        SymbolizerConfig config =
                new SymbolizerConfig(folder.resolve("proc"), folder.resolve("sys"), 1, 1, 1 << 20, 1, 1);
        kernel = new Kernel(config, counters, new FrameCache(1 << 20), new ByteWindow(4096), clock::get);
        kernel.refresh();
    }

    @Test
    void countsAddressesOfTheKernelFromItsText() {
        Frame frame = kernel.frame(TEXT + 0x150);

        assertThat(frame.type()).isEqualTo(FrameType.KERNEL);
        assertThat(frame.function()).isEqualTo("second");
        assertThat(frame.address()).isEqualTo(0x150);
        assertThat(frame.module().fileName()).isEqualTo("vmlinux");
        assertThat(frame.module().gnuBuildId()).isEqualTo("11".repeat(20));
        assertThat(frame.module().memoryLimit()).isEqualTo(0x1000);
        assertThat(kernel.frame(TEXT + 0x150)).isSameAs(frame);
    }

    @Test
    void countsAddressesOfModulesFromTheirBase() {
        Frame frame = kernel.frame(0xffffffffc0100310L);

        assertThat(frame.function()).isEqualTo("ext4_thing");
        assertThat(frame.address()).isEqualTo(0x310);
        assertThat(frame.module().fileName()).isEqualTo("ext4.ko");
        assertThat(frame.module().gnuBuildId()).isEqualTo("22".repeat(20));
    }

    @Test
    void namesNothingOutsideOfTheKernelsText() {
        assertThat(kernel.frame(TEXT + 0x1000)).isSameAs(Frame.UNKNOWN_KERNEL);
        assertThat(kernel.frame(0xffffffffc0100000L).function())
                .as("before the module's first function")
                .isNull();
        assertThat(kernel.frame(0xffffffffc0100000L + 65536))
                .as("behind the module")
                .isSameAs(Frame.UNKNOWN_KERNEL);
    }

    @Test
    void givesEachBpfProgramAModuleOfItsOwn() {
        Frame frame = kernel.frame(0xffffffffc0000010L);

        assertThat(frame.function()).isEqualTo("bpf_prog_aa_probe");
        assertThat(frame.module().fileName()).isEqualTo("[bpf_prog_aa_probe]");
        assertThat(frame.address()).isEqualTo(0x10);
        assertThat(kernel.frame(0xffffffffc0000000L + 65536))
                .as("nobody states its end")
                .isSameAs(Frame.UNKNOWN_KERNEL);
    }

    @Test
    void readsAgainWhenModulesChange() throws Exception {
        assertThat(kernel.frame(0xffffffffc0200010L)).isSameAs(Frame.UNKNOWN_KERNEL);
        kallsyms("ffffffffc0200000 t xfs_thing\t[xfs]\n");
        Files.writeString(
                folder.resolve("proc/modules"),
                "ext4 65536 2 - Live 0xffffffffc0100000\nxfs 4096 0 - Live 0xffffffffc0200000\n");

        clock.addAndGet(TimeUnit.SECONDS.toNanos(59));
        kernel.refresh();
        assertThat(kernel.frame(0xffffffffc0200010L)).isSameAs(Frame.UNKNOWN_KERNEL);
        clock.addAndGet(TimeUnit.SECONDS.toNanos(1));
        kernel.refresh();

        assertThat(kernel.frame(0xffffffffc0200010L).function()).isEqualTo("xfs_thing");
        assertThat(counters.kernelSymbolReads()).isEqualTo(2);
        clock.addAndGet(TimeUnit.MINUTES.toNanos(1));
        kernel.refresh();
        assertThat(counters.kernelSymbolReads()).as("nothing changed").isEqualTo(2);
    }

    @Test
    void readsAgainForAnUnknownAddressEachFiveMinutes() throws Exception {
        kallsyms("ffffffffc0300000 t bpf_prog_bb_new\t[bpf]\n");
        kernel.frame(0xffffffffc0300010L);
        assertThat(counters.kernelSymbolReads()).isEqualTo(1);
        clock.addAndGet(TimeUnit.MINUTES.toNanos(5));

        kernel.frame(0xffffffffc0300010L);

        assertThat(counters.kernelSymbolReads()).isEqualTo(2);
        assertThat(kernel.frame(0xffffffffc0300010L).function()).isEqualTo("bpf_prog_bb_new");
    }

    @Test
    void givesNoAddressAwayWhenSymbolsAreHidden() throws Exception {
        Files.writeString(folder.resolve("proc/kallsyms"), "0000000000000000 T _text\n0000000000000000 T schedule\n");
        Files.delete(folder.resolve("proc/modules"));
        clock.addAndGet(TimeUnit.MINUTES.toNanos(1));
        kernel.refresh();

        Frame frame = kernel.frame(TEXT + 0x150);

        assertThat(frame.module().fileName()).isEqualTo("vmlinux");
        assertThat(frame.module().gnuBuildId()).isEqualTo("11".repeat(20));
        assertThat(frame.address()).isZero();
        assertThat(frame.function()).isNull();
        assertThat(counters.kernelSymbolsHidden()).isEqualTo(1);
    }

    private void kallsyms(String more) throws Exception {
        Files.writeString(
                folder.resolve("proc/kallsyms"),
                "ffffffff81000000 T _text\nffffffff81000000 T startup\nffffffff81000100 T second\nffffffff81001000 T _etext\n"
                        + "ffffffffc0100300 t ext4_thing\t[ext4]\nffffffffc0000000 t bpf_prog_aa_probe\t[bpf]\n"
                        + more);
    }

    private static byte[] note(int digit) {
        ByteBuffer note = ByteBuffer.allocate(36)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(4)
                .putInt(20)
                .putInt(3)
                .putInt(0x00554e47);
        while (note.hasRemaining()) {
            note.put((byte) digit);
        }
        return note.array();
    }
}
