package io.stackhouse.pipeline.log;

import io.stackhouse.pipeline.RefusedException;
import java.util.concurrent.TimeUnit;

/** Why a journal doesn't take a request now. Immutable. */
record Refusal(Reason reason, RefusedException exception) {
    private static final long RETRY_AFTER_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** The kinds, as they stand in metrics. */
    enum Reason {
        STOPPING("stopping"),
        MAX_SIZE("max_size"),
        MAX_DISK_SIZE("max_disk_size"),
        MAX_AGE("max_age"),
        WRITE_FAILED("write_failed");

        final String label;

        Reason(String label) {
            this.label = label;
        }
    }

    static Refusal of(Reason reason, String message) {
        return new Refusal(reason, new RefusedException(message, RETRY_AFTER_NANOS));
    }

    static Refusal stopping() {
        return of(Reason.STOPPING, "the collector is stopping");
    }
}
