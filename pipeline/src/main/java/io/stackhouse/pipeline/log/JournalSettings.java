package io.stackhouse.pipeline.log;

import java.util.concurrent.TimeUnit;

/**
 * The bounds of a {@link DiskJournal}.
 *
 * @param maxBytes of the segments on disk; beyond it requests are refused, or the oldest given up
 * @param maxMemoryBytes of the bodies that wait in memory or are on their way to a destination; beyond it the lane waits
 * @param segmentBytes size at which a new segment is begun
 * @param whenFull what happens beyond {@code maxBytes}
 * @param duplicateWindowNanos for how long a request that is sent again is recognised
 * @param maxBodyBytes largest body; a stored length beyond it counts as damage
 */
public record JournalSettings(
        long maxBytes,
        long maxMemoryBytes,
        long segmentBytes,
        WhenFull whenFull,
        long duplicateWindowNanos,
        long maxBodyBytes) {
    /** What a journal does when its byte budget is used up. */
    public enum WhenFull {
        /** Refuses new requests until a destination has taken old ones. */
        REFUSE,
        /** Deletes the oldest segment, and counts what was in it. */
        DROP_OLDEST
    }

    public JournalSettings {
        if (segmentBytes < 4096 || maxBytes < 2 * segmentBytes) {
            throw new IllegalArgumentException("a journal of " + maxBytes + " bytes can't hold two segments of "
                    + segmentBytes + "; give it more, or make segments smaller (at least 4096)");
        }
        if (maxMemoryBytes <= 0 || maxBodyBytes <= 0 || duplicateWindowNanos < 0) {
            throw new IllegalArgumentException("the bounds of a journal must be more than 0");
        }
    }

    /** 4 GiB on disk, 128 MiB in memory, segments of 64 MiB, ten minutes for duplicates. */
    public static JournalSettings defaults() {
        return new JournalSettings(
                4L << 30, 128L << 20, 64L << 20, WhenFull.REFUSE, TimeUnit.MINUTES.toNanos(10), 256L << 20);
    }
}
