package io.stackhouse.pipeline.log;

import java.util.concurrent.TimeUnit;

/**
 * The bounds of a {@link DiskJournal}.
 *
 * @param maxBytes of the segments on disk; beyond it requests are refused, or the oldest given up
 * @param maxMemoryBytes of requests that wait to be written, and once more of those that are kept in memory or are on their way to a
 *     destination; beyond it requests are refused, and the lane waits
 * @param segmentBytes size at which a new segment is begun
 * @param whenFull what happens beyond {@code maxBytes} and {@code maxAgeNanos}
 * @param duplicateWindowNanos for how long a request that is sent again is recognised; 0 for not at all
 * @param maxAgeNanos how long ago the oldest request that is kept may have been received; 0 for any time
 */
public record JournalSettings(
        long maxBytes,
        long maxMemoryBytes,
        long segmentBytes,
        WhenFull whenFull,
        long duplicateWindowNanos,
        long maxAgeNanos) {
    private static final long MIN_SEGMENT_BYTES = 4096;
    private static final long MAX_SEGMENT_BYTES = 64L << 20;
    private static final int SEGMENTS = 8;

    /** What a journal does when its budget on disk, or of age, is used up. */
    public enum WhenFull {
        /** Refuses new requests until a destination has taken old ones. */
        REFUSE,
        /** Deletes the oldest segment, and counts what was in it. */
        DROP_OLDEST
    }

    public JournalSettings {
        if (segmentBytes < MIN_SEGMENT_BYTES || maxBytes < 2 * segmentBytes) {
            throw new IllegalArgumentException("a journal of " + maxBytes + " bytes can't hold two segments of "
                    + segmentBytes + "; give it more, or make segments smaller (at least " + MIN_SEGMENT_BYTES + ")");
        }
        if (maxMemoryBytes <= 0 || duplicateWindowNanos < 0 || maxAgeNanos < 0) {
            throw new IllegalArgumentException("the bounds of a journal must be more than 0");
        }
    }

    /** 4 GiB on disk, 64 MiB in memory, ten minutes for duplicates, any age; refuses when full. */
    public static JournalSettings defaults() {
        return sized(4L << 30, 64L << 20);
    }

    /** The defaults with other sizes; segments are an eighth of the disk's part, at most 64 MiB. */
    public static JournalSettings sized(long maxBytes, long maxMemoryBytes) {
        return new JournalSettings(
                maxBytes,
                maxMemoryBytes,
                Math.max(MIN_SEGMENT_BYTES, Math.min(MAX_SEGMENT_BYTES, maxBytes / SEGMENTS)),
                WhenFull.REFUSE,
                TimeUnit.MINUTES.toNanos(10),
                0);
    }

    /** The same sizes with another behaviour. */
    public JournalSettings with(WhenFull newWhenFull, long newDuplicateWindowNanos, long newMaxAgeNanos) {
        return new JournalSettings(
                maxBytes, maxMemoryBytes, segmentBytes, newWhenFull, newDuplicateWindowNanos, newMaxAgeNanos);
    }
}
