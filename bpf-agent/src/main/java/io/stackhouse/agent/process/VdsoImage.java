package io.stackhouse.agent.process;

import io.stackhouse.agent.elf.ByteSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The code that the kernel maps into each process as [vdso]: an ELF file that is in memory alone, the same in all 64-bit processes. Any thread. */
public final class VdsoImage {
    private static final String NAME = "[vdso]";
    private static final int MAX_BYTES = 1 << 20;
    private static final int MAX_MAPS_BYTES = 16 << 20;

    /** Copies it out of our own memory; empty if there is none. */
    public static byte[] read(Path self) throws IOException {
        try (FileChannel maps = FileChannel.open(self.resolve("maps"), StandardOpenOption.READ);
                FileChannel memory = FileChannel.open(self.resolve("mem"), StandardOpenOption.READ)) {
            ByteLines lines = new ByteLines(8192).open(ByteSource.of(maps), 0, MAX_MAPS_BYTES, '\n');
            while (lines.next()) {
                long start = lines.hex();
                lines.skip("-");
                long end = lines.hex();
                if (lines.endsWith(NAME) && end - start <= MAX_BYTES) {
                    return copy(memory, start, (int) (end - start));
                }
            }
            return new byte[0];
        }
    }

    private static byte[] copy(FileChannel memory, long start, int bytes) throws IOException {
        ByteBuffer into = ByteBuffer.allocate(bytes);
        int got = 0;
        while (into.hasRemaining() && got >= 0) {
            got = memory.read(into, start + into.position());
        }
        return into.array();
    }

    private VdsoImage() {}
}
