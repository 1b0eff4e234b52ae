package io.stackhouse.collector.config;

import io.stackhouse.pipeline.ByteSize;
import io.stackhouse.pipeline.log.JournalSettings.WhenFull;
import org.jspecify.annotations.Nullable;

/**
 * What a pipeline keeps while its destinations don't have it yet.
 *
 * @param maxSize budget for the bodies of requests in memory; without a directory clients are told to come back later beyond it
 * @param directory folder of the journal on disk, one subfolder for each pipeline; null keeps the journal in memory
 * @param maxDiskSize budget on disk
 * @param whenFull what happens beyond the budget on disk
 */
public record JournalConfig(ByteSize maxSize, @Nullable String directory, ByteSize maxDiskSize, WhenFull whenFull) {
    private static final long MIN_DISK_BYTES = 1 << 20;

    public JournalConfig {
        if (maxSize.bytes() < 1) {
            throw new IllegalArgumentException("max_size must be more than 0; write 64MiB");
        }
        if (maxDiskSize.bytes() < MIN_DISK_BYTES) {
            throw new IllegalArgumentException("max_disk_size must be at least 1MiB; write 4GiB");
        }
    }

    /** In memory, 64 MiB; 4 GiB when a directory is named. */
    static JournalConfig defaults() {
        return new JournalConfig(ByteSize.ofMebibytes(64), null, ByteSize.ofMebibytes(4096), WhenFull.REFUSE);
    }
}
