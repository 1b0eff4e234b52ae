package io.stackhouse.pipeline.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * Up to where every destination has the journal. The file: "SHJC", layout 1 (u32), sequence (u64), CRC32C of these 16 bytes (u32);
 * little endian; replaced as a whole. Without it, or when it is damaged, everything in the segments is delivered again. Stateless.
 */
final class CursorFile {
    static final String FILE = "cursor";

    private static final String NEW_FILE = "cursor.new";
    private static final int MAGIC = 0x434a_4853;
    private static final int LAYOUT = 1;
    private static final int BYTES = 20;

    private CursorFile() {}

    static void save(Storage storage, long sequence) throws IOException {
        ByteBuffer out = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(MAGIC).putInt(LAYOUT).putLong(sequence);
        out.putInt(checksum(out));
        out.flip();
        try (Storage.File file = storage.open(NEW_FILE)) {
            file.truncate(0);
            file.write(out, 0);
            file.sync();
        }
        storage.replace(NEW_FILE, FILE);
        storage.syncNames();
    }

    /** The sequence, or 0 when there is none to be had. */
    static long load(Storage storage) throws IOException {
        if (!storage.list().contains(FILE)) {
            return 0;
        }
        ByteBuffer in;
        try (Storage.File file = storage.open(FILE)) {
            in = SegmentScanner.readFully(file, 0, BYTES).order(ByteOrder.LITTLE_ENDIAN);
        }
        if (in.limit() != BYTES || in.getInt(0) != MAGIC || in.getInt(4) != LAYOUT || in.getInt(16) != checksum(in)) {
            return 0;
        }
        return in.getLong(8);
    }

    private static int checksum(ByteBuffer bytes) {
        CRC32C checksum = new CRC32C();
        ByteBuffer covered = bytes.duplicate();
        covered.position(0).limit(16);
        checksum.update(covered);
        return (int) checksum.getValue();
    }
}
