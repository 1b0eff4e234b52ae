package io.stackhouse.pipeline;

/** Where every component takes its time from, so that tests can turn it. Any thread. */
public interface Clock {
    /** Monotonic nanoseconds; only differences mean something. */
    long nanos();

    /** Wall time in nanoseconds since 1970-01-01T00:00:00Z. May jump. */
    long unixNanos();

    /** The machine's clock. */
    static Clock system() {
        return SystemClock.INSTANCE;
    }
}
