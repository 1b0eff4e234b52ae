package io.stackhouse.agent.elf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * What {@code .gnu_debuglink} says: the name of the file with the debug information, and the CRC-32 of its bytes.
 *
 * @param fileName without a folder
 * @param checksum of the whole file
 */
public record DebugLink(String fileName, int checksum) {
    private static final int MAX_NAME_BYTES = 255;
    private static final int BUFFER_BYTES = 64 * 1024;
    private static final long MAX_FILE_BYTES = 4L << 30;

    /** Null if there is none, or one that names no plain file. The window is lent. */
    public static @Nullable DebugLink read(DebugSections sections, ByteWindow window) throws IOException {
        DebugSections.Place place = sections.place(".gnu_debuglink");
        if (place == null || place.sizeBytes() < 8 || place.sizeBytes() > MAX_NAME_BYTES + 8) {
            return null;
        }
        try {
            window.attach(place.source());
            String name = window.string(place.offset(), place.offset() + place.sizeBytes() - 4);
            boolean isPlain = !name.isEmpty() && name.indexOf('/') < 0 && !name.equals(".") && !name.equals("..");
            return isPlain ? new DebugLink(name, window.i32(place.offset() + place.sizeBytes() - 4)) : null;
        } finally {
            window.detach();
        }
    }

    /** Whether a file has that checksum: reads all of it. */
    public boolean isChecksumOf(FileChannel file, Pace pace) throws IOException {
        if (file.size() > MAX_FILE_BYTES) {
            return false;
        }
        CRC32 crc = new CRC32();
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
        long position = 0;
        for (int got = file.read(buffer, 0); got > 0; got = file.read(buffer, position)) {
            position += got;
            crc.update(buffer.flip());
            buffer.clear();
            pace.step();
        }
        return (int) crc.getValue() == checksum;
    }
}
