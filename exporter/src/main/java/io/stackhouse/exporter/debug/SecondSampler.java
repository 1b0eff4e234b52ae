package io.stackhouse.exporter.debug;

import java.util.concurrent.TimeUnit;

/** Of what comes within a second lets the first ones through, and then each n-th. One thread at a time. */
final class SecondSampler {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final int initial;
    private final int thereafter;
    private boolean hasBegun;
    private long beganNanos;
    private long count;

    SecondSampler(int initial, int thereafter) {
        this.initial = initial;
        this.thereafter = thereafter;
    }

    boolean isShown(long nowNanos) {
        if (!hasBegun || nowNanos - beganNanos >= SECOND) {
            hasBegun = true;
            beganNanos = nowNanos;
            count = 0;
        }
        count++;
        return count <= initial || (thereafter > 0 && (count - initial) % thereafter == 0);
    }
}
