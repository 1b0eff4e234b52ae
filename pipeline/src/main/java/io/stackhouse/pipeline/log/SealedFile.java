package io.stackhouse.pipeline.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** A small file that is replaced as a whole: its content, little endian, and the CRC32C of it (u32). Stateless. */
final class SealedFile {
    private static final int CHECKSUM_BYTES = 4;

    private SealedFile() {}

    /** Puts the content, from its begin to its position, durably in the file's place. */
    static void save(Storage storage, String name, ByteBuffer content) throws IOException {
        ByteBuffer sealed =
                ByteBuffer.allocate(content.position() + CHECKSUM_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        sealed.put(content.duplicate().flip());
        sealed.putInt(checksum(sealed.duplicate().flip())).flip();
        String newName = name + ".new";
        // A new file each time: one whose sync has failed is never synced again.
        storage.delete(newName);
        try (Storage.File file = storage.open(newName)) {
            file.write(sealed, 0);
            file.sync();
        }
        storage.replace(newName, name);
        storage.syncNames();
    }

    /** The content, or null when there is no such file, or a damaged one. */
    static @Nullable ByteBuffer load(Storage storage, String name) throws IOException {
        if (!storage.list().contains(name)) {
            return null;
        }
        ByteBuffer sealed;
        try (Storage.File file = storage.open(name)) {
            sealed = SegmentScanner.readFully(file, 0, (int) Math.min(file.size(), Integer.MAX_VALUE - 8));
        }
        int end = sealed.order(ByteOrder.LITTLE_ENDIAN).limit() - CHECKSUM_BYTES;
        if (end < 0) {
            return null;
        }
        ByteBuffer content = sealed.slice(0, end).order(ByteOrder.LITTLE_ENDIAN);
        return checksum(content.duplicate()) == sealed.getInt(end) ? content : null;
    }

    private static int checksum(ByteBuffer covered) {
        CRC32C checksum = new CRC32C();
        checksum.update(covered);
        return (int) checksum.getValue();
    }
}
