package io.stackhouse.collector.config;

import io.stackhouse.pipeline.ByteSize;
import io.stackhouse.pipeline.log.JournalSettings.WhenFull;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a pipeline keeps while its destinations don't have it yet.
 *
 * @param ack when a client is answered
 * @param directory folder of the journal on disk, one subfolder for each pipeline; null is the default folder
 * @param maxSize budget in memory
 * @param maxDiskSize budget on disk
 * @param maxAge how long ago the oldest kept request may have been received, on disk; 0 for any time
 * @param whenFull what happens beyond the budgets of disk and age
 * @param duplicateWindow for how long a request that is sent again is recognised, on disk; 0 for not at all
 */
public record JournalConfig(
        Durability ack,
        @Nullable String directory,
        ByteSize maxSize,
        ByteSize maxDiskSize,
        Duration maxAge,
        WhenFull whenFull,
        Duration duplicateWindow) {
    private static final long MIN_DISK_BYTES = 1 << 20;

    /** When a request counts as accepted. */
    public enum Durability {
        /** {@link #JOURNAL} where an exporter wants it or a directory is named, else {@link #MEMORY}. */
        AUTO,
        /** Once it is synced to disk. */
        JOURNAL,
        /** Once it is kept in memory. */
        MEMORY
    }

    public JournalConfig {
        if (maxSize.bytes() < 1) {
            throw new IllegalArgumentException("max_size must be more than 0; write 64MiB");
        }
        if (maxDiskSize.bytes() < MIN_DISK_BYTES) {
            throw new IllegalArgumentException("max_disk_size must be at least 1MiB; write 4GiB");
        }
        if (maxAge.isNegative()) {
            throw new IllegalArgumentException("max_age must not be negative; write 48h, or 0s for any age");
        }
        if (duplicateWindow.isNegative()) {
            throw new IllegalArgumentException(
                    "duplicate_window must not be negative; write 10m, or 0s to take equal requests as often as they come");
        }
        if (ack == Durability.MEMORY && directory != null && !directory.isEmpty()) {
            throw new IllegalArgumentException(
                    "ack: memory keeps nothing on disk, and directory says where on disk; remove one of them");
        }
    }

    /** On disk where an exporter wants it; 64 MiB in memory and 4 GiB on disk; ten minutes for duplicates, any age. */
    static JournalConfig defaults() {
        return new JournalConfig(
                Durability.AUTO,
                null,
                ByteSize.ofMebibytes(64),
                ByteSize.ofMebibytes(4096),
                Duration.ZERO,
                WhenFull.REFUSE,
                Duration.ofMinutes(10));
    }

    /**
     * Whether it lives on disk.
     *
     * @param isWanted by an exporter of the pipeline
     */
    public boolean isOnDisk(boolean isWanted) {
        boolean isNamed = directory != null && !directory.isEmpty();
        return ack == Durability.JOURNAL || (ack == Durability.AUTO && (isWanted || isNamed));
    }
}
