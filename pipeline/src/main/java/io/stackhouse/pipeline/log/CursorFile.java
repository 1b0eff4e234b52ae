package io.stackhouse.pipeline.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Up to where every destination has the journal. A {@link SealedFile}: "SHJC", layout 1 (u32), sequence (u64). Without it, or when it
 * is damaged, everything in the segments is delivered again. Stateless.
 */
final class CursorFile {
    static final String FILE = "cursor";

    private static final int MAGIC = 0x434a_4853;
    private static final int LAYOUT = 1;
    private static final int BYTES = 16;

    private CursorFile() {}

    static void save(Storage storage, long sequence) throws IOException {
        ByteBuffer out = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(MAGIC).putInt(LAYOUT).putLong(sequence);
        SealedFile.save(storage, FILE, out);
    }

    /** The sequence, or 0 when there is none to be had. */
    static long load(Storage storage) throws IOException {
        ByteBuffer in = SealedFile.load(storage, FILE);
        if (in == null || in.limit() != BYTES || in.getInt(0) != MAGIC || in.getInt(4) != LAYOUT) {
            return 0;
        }
        return in.getLong(8);
    }
}
