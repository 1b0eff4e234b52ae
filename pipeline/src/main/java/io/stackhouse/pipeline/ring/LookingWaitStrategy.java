package io.stackhouse.pipeline.ring;

import com.lmax.disruptor.AlertException;
import com.lmax.disruptor.Sequence;
import com.lmax.disruptor.SequenceBarrier;
import com.lmax.disruptor.TimeoutException;
import com.lmax.disruptor.WaitStrategy;
import java.util.concurrent.locks.LockSupport;

/**
 * Looks again and again, for a bounded time. The Disruptor's own strategies of this kind have no bound, so that a stage would not be told
 * the time while nothing comes. Without state; any thread.
 */
final class LookingWaitStrategy implements WaitStrategy {
    private static final int SPINS = 100;
    private static final int YIELDS = 100;
    private static final long PAUSE_NANOS = 100_000;

    private final WaitStrategyName kind;
    private final long timeoutNanos;

    LookingWaitStrategy(WaitStrategyName kind, long timeoutNanos) {
        this.kind = kind;
        this.timeoutNanos = timeoutNanos;
    }

    @Override
    public long waitFor(long sequence, Sequence cursor, Sequence dependent, SequenceBarrier barrier)
            throws AlertException, TimeoutException {
        long available = dependent.get();
        if (available >= sequence) {
            return available;
        }
        long start = System.nanoTime();
        int looks = 0;
        while (available < sequence) {
            barrier.checkAlert();
            if (System.nanoTime() - start >= timeoutNanos) {
                throw TimeoutException.INSTANCE;
            }
            pause(looks++);
            available = dependent.get();
        }
        return available;
    }

    @SuppressWarnings("ThreadPriorityCheck") // To yield is what the setting asks for.
    private void pause(int looks) {
        if (kind == WaitStrategyName.BUSY_SPIN || looks < SPINS) {
            Thread.onSpinWait();
        } else if (kind == WaitStrategyName.YIELDING || looks < SPINS + YIELDS) {
            Thread.yield();
        } else {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    @Override
    public void signalAllWhenBlocking() {
        // Nobody sleeps for long.
    }
}
