package io.stackhouse.exporter.clickhouse;

import io.stackhouse.pipeline.log.RecordLog;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A finished block that waits for being inserted, in memory or on disk. Its state is guarded by its {@link BlockLog}. */
final class QueuedBlock {
    private final RecordLog.@Nullable Item item;
    private final @Nullable Block inMemory;
    private final @Nullable Commit commit;
    final boolean isReference;
    final int rows;
    final long bytes;

    /** Whether a sender has it. */
    boolean isTaken;

    /** On disk; its batches are settled. */
    QueuedBlock(RecordLog.Item item, Block block) {
        this(item, null, null, block);
    }

    /** In memory; its batches are settled with the commit. */
    QueuedBlock(Block block, Commit commit) {
        this(null, block, commit, block);
    }

    private QueuedBlock(RecordLog.@Nullable Item item, @Nullable Block inMemory, @Nullable Commit commit, Block block) {
        this.item = item;
        this.inMemory = inMemory;
        this.commit = commit;
        this.isReference = block.isReference();
        this.rows = block.rows();
        this.bytes = item == null ? block.bytes().length : item.bytes();
    }

    /** The block, read back when it is on disk. */
    Block load(@Nullable RecordLog disk) throws IOException {
        if (inMemory != null) {
            return inMemory;
        }
        Block read = disk == null || item == null
                ? null
                : BlockRecord.read(disk.read(item)).block();
        if (read == null) {
            throw new IOException("a record of the block log has no block");
        }
        return read;
    }

    void settled(@Nullable RecordLog disk, Outcome outcome) {
        if (disk != null && item != null) {
            disk.release(item);
        }
        if (commit != null) {
            commit.settled(outcome);
        }
    }

    boolean isOnDisk() {
        return item != null;
    }
}
