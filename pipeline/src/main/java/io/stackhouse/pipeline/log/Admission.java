package io.stackhouse.pipeline.log;

import io.stackhouse.pipeline.log.Refusal.Reason;
import io.stackhouse.pipeline.log.SegmentLog.Extent;
import io.stackhouse.pipeline.log.WriteQueue.Waiting;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Whether a journal on disk has room for a request. Confined to the journal's lock. */
final class Admission {
    private final JournalSettings settings;
    private final WriteQueue unwritten;

    Admission(JournalSettings settings, WriteQueue unwritten) {
        this.settings = settings;
        this.unwritten = unwritten;
    }

    /**
     * Null when it may come in.
     *
     * @param isDelivered whether every destination has all that is durable
     * @param oldestUnixNanos receipt of the oldest that is kept
     */
    @Nullable
    Refusal refusal(Waiting offered, Extent disk, boolean isDelivered, long oldestUnixNanos) {
        if (unwritten.count() > 0
                && unwritten.memoryBytes() + offered.request.memoryBytes() > settings.maxMemoryBytes()) {
            return Refusal.of(
                    Reason.MAX_SIZE,
                    unwritten.memoryBytes()
                            + " bytes wait to be written to the journal; its disk is slower than what arrives");
        }
        // It need not fit then: what is refused with nothing else in the way would be refused for ever.
        boolean isAlone = unwritten.count() == 0 && isDelivered && disk.segments() <= 1;
        if (settings.whenFull() == JournalSettings.WhenFull.DROP_OLDEST || isAlone) {
            return null;
        }
        long neededBytes = disk.bytes() + unwritten.recordBytes() + offered.recordBytes();
        if (neededBytes > settings.maxBytes()) {
            return Refusal.of(
                    Reason.MAX_DISK_SIZE,
                    "the journal holds " + disk.bytes() + " of " + settings.maxBytes()
                            + " bytes; the destination is slower than what arrives, or away");
        }
        long ageNanos = offered.request.receivedUnixNanos() - oldestUnixNanos;
        if (settings.maxAgeNanos() > 0 && ageNanos > settings.maxAgeNanos()) {
            return Refusal.of(
                    Reason.MAX_AGE,
                    "the oldest request of the journal waits for " + TimeUnit.NANOSECONDS.toSeconds(ageNanos)
                            + " s; the destination is slower than what arrives, or away");
        }
        return null;
    }
}
