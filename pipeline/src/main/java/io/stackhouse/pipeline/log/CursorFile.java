package io.stackhouse.pipeline.log;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Up to where every destination has the journal. Without it, or when it is damaged, everything in the segments is delivered again.
 *
 * <p>Two places of 32 bytes, at 0 and at 4096, written in turn and in place, so that saving takes one sync and no new room on a full
 * disk, and a torn write leaves the other place whole. The later whole one counts.
 *
 * <pre>
 *  0  u32  magic "SHJC"
 *  4  u32  layout, 2
 *  8  u64  generation: counts up by one with each saving
 * 16  u64  sequence
 * 24  u32  zero
 * 28  u32  CRC32C of bytes 0 to 27
 * </pre>
 *
 * When saving fails the file is given up, and never synced again; the next saving makes a new one. One thread.
 */
final class CursorFile implements Closeable {
    static final String FILE = "cursor";

    private static final int MAGIC = 0x434a_4853;
    private static final int LAYOUT = 2;
    private static final int BYTES = 32;
    private static final int PLACE_BYTES = 4096;

    private final Storage storage;
    private Storage.@Nullable File file;
    private long generation;

    CursorFile(Storage storage) {
        this.storage = storage;
    }

    /** The saved sequence, or 0 when there is none to be had. */
    long load() throws IOException {
        if (!storage.list().contains(FILE)) {
            return 0;
        }
        Storage.File found = storage.open(FILE);
        try {
            long sequence = 0;
            for (int place = 0; place < 2; place++) {
                ByteBuffer in = SegmentScanner.readFully(found, (long) place * PLACE_BYTES, BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN);
                if (in.limit() != BYTES || in.getInt(0) != MAGIC || in.getInt(28) != checksum(in)) {
                    continue;
                }
                if (in.getInt(4) != LAYOUT) {
                    throw new UnknownLayoutException(FILE, "layout " + in.getInt(4));
                }
                if (in.getLong(8) > generation) {
                    generation = in.getLong(8);
                    sequence = in.getLong(16);
                }
            }
            if (generation > 0) {
                file = found;
            } else {
                found.close();
            }
            return sequence;
        } catch (IOException e) {
            found.close();
            throw e;
        }
    }

    /** Saves it durably. */
    void save(long sequence) throws IOException {
        generation++;
        ByteBuffer out = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(MAGIC).putInt(LAYOUT).putLong(generation).putLong(sequence).putInt(0);
        out.putInt(checksum(out)).flip();
        Storage.File target = file;
        if (target == null) {
            file = created(out);
            return;
        }
        try {
            target.write(out, generation % 2 * PLACE_BYTES);
            target.sync();
        } catch (IOException e) {
            file = null;
            target.close();
            throw e;
        }
    }

    /** A new file that holds it, in the place of the old. */
    private Storage.File created(ByteBuffer content) throws IOException {
        String newName = FILE + ".new";
        storage.delete(newName);
        Storage.File created = storage.open(newName);
        try {
            created.write(ByteBuffer.allocate(2 * PLACE_BYTES), 0);
            created.write(content, generation % 2 * PLACE_BYTES);
            created.sync();
            storage.replace(newName, FILE);
            storage.syncNames();
            return created;
        } catch (IOException e) {
            created.close();
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        Storage.File open = file;
        file = null;
        if (open != null) {
            open.close();
        }
    }

    private static int checksum(ByteBuffer bytes) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes.duplicate().position(0).limit(BYTES - 4));
        return (int) checksum.getValue();
    }
}
