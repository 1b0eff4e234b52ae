package io.stackhouse.agent.export;

import java.util.concurrent.locks.Condition;

/** The passing of time between two tries, so that a test can let it pass at once. */
interface Pause {
    Pause REAL = new Pause() {
        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        @SuppressWarnings("WaitNotInLoop") // The caller loops.
        public void await(Condition condition, long nanos) throws InterruptedException {
            long ignored = condition.awaitNanos(nanos);
        }
    };

    long nanoTime();

    /** Waits for a signal or that long; may return early. */
    void await(Condition condition, long nanos) throws InterruptedException;
}
