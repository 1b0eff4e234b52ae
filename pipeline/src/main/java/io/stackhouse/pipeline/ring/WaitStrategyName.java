package io.stackhouse.pipeline.ring;

import com.lmax.disruptor.TimeoutBlockingWaitStrategy;
import com.lmax.disruptor.WaitStrategy;
import java.util.concurrent.TimeUnit;

/** How a stage's thread waits for its ring to have something; from the least CPU time to the shortest wait. */
public enum WaitStrategyName {
    /** Sleeps until it is woken; costs nothing while there is nothing. */
    BLOCKING,
    /** Looks again about 10,000 times a second; who hands on need not wake anybody. */
    SLEEPING,
    /** Looks all the time, and lets others run between; takes a whole processor that nobody else wants. */
    YIELDING,
    /** Looks all the time; takes a whole processor. */
    BUSY_SPIN;

    /** One for a ring, which gives the thread back after {@code tickNanos} without anything. */
    WaitStrategy strategy(long tickNanos) {
        return this == BLOCKING
                ? new TimeoutBlockingWaitStrategy(tickNanos, TimeUnit.NANOSECONDS)
                : new LookingWaitStrategy(this, tickNanos);
    }
}
