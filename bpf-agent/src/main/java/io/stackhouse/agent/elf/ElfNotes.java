package io.stackhouse.agent.elf;

import java.io.IOException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Note records: {@code u32 name size, u32 content size, u32 type, name, content}, each padded to 4 or 8 bytes. */
public final class ElfNotes {
    private static final int MAX_NOTES_BYTES = 64 * 1024;
    private static final int MAX_BUILD_ID_BYTES = 64;
    private static final int HEADER_BYTES = 12;
    private static final int TYPE_GNU_BUILD_ID = 3;
    /** "GNU\0", little-endian. */
    private static final int NAME_GNU = 0x00554e47;

    private ElfNotes() {}

    /** The GNU build id among plain notes, as the kernel gives them in {@code /sys/kernel/notes}; null if there is none. */
    public static @Nullable String gnuBuildId(ByteWindow notes) throws IOException {
        return gnuBuildId(notes, 0, notes.sizeBytes(), 4);
    }

    static @Nullable String gnuBuildId(ByteWindow file, long offset, long bytes, long alignment) throws IOException {
        if (offset < 0 || bytes < HEADER_BYTES || offset > file.sizeBytes() - HEADER_BYTES) {
            return null;
        }
        long pad = alignment == 8 ? 7 : 3;
        long end = Math.min(file.sizeBytes(), offset + Math.min(bytes, MAX_NOTES_BYTES));
        long at = offset;
        while (at + HEADER_BYTES <= end) {
            long nameBytes = file.u32(at);
            long contentBytes = file.u32(at + 4);
            long content = offset + align(at - offset + HEADER_BYTES + nameBytes, pad);
            if (content + contentBytes > end) {
                return null;
            }
            if (file.i32(at + 8) == TYPE_GNU_BUILD_ID && nameBytes == 4 && file.i32(at + HEADER_BYTES) == NAME_GNU) {
                return contentBytes == 0 || contentBytes > MAX_BUILD_ID_BYTES
                        ? null
                        : hex(file, content, (int) contentBytes);
            }
            at = offset + align(content - offset + contentBytes, pad);
        }
        return null;
    }

    private static long align(long value, long pad) {
        return (value + pad) & ~pad;
    }

    private static String hex(ByteWindow file, long offset, int count) throws IOException {
        byte[] id = new byte[count];
        file.copy(offset, id);
        return HexFormat.of().formatHex(id);
    }
}
