package io.stackhouse.collector;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What a running collector is told to do. Any thread gives orders, one takes them. Several orders to reload that weren't taken yet are one;
 * the order to stop stays, and interrupts whoever is at work, since an exporter may wait for its destination.
 */
final class Orders {
    /** An order, or none in time. */
    enum Order {
        NONE,
        RELOAD,
        STOP
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean isReloadWanted;
    private boolean isStopWanted;
    private @Nullable Thread worker;

    void stop() {
        lock.lock();
        try {
            isStopWanted = true;
            Thread thread = worker;
            if (thread != null) {
                thread.interrupt();
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void reload() {
        lock.lock();
        try {
            isReloadWanted = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    boolean isStopWanted() {
        lock.lock();
        try {
            return isStopWanted;
        } finally {
            lock.unlock();
        }
    }

    /** Waits for an order; {@code patienceNanos} 0 waits for ever. */
    Order await(long patienceNanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = patienceNanos == 0 ? TimeUnit.DAYS.toNanos(1) : patienceNanos;
            while (!isReloadWanted && !isStopWanted && left > 0) {
                left = changed.awaitNanos(left);
            }
            if (isStopWanted) {
                return Order.STOP;
            }
            Order order = isReloadWanted ? Order.RELOAD : Order.NONE;
            isReloadWanted = false;
            return order;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Does the work on this thread, interrupted by the order to stop.
     *
     * @throws IllegalStateException when that was given before
     */
    void work(Runnable work) {
        lock.lock();
        try {
            if (isStopWanted) {
                throw new IllegalStateException("told to stop");
            }
            worker = Thread.currentThread();
        } finally {
            lock.unlock();
        }
        try {
            work.run();
        } finally {
            lock.lock();
            try {
                worker = null;
                // What it was interrupted for is known by the order.
                boolean unused = Thread.interrupted();
            } finally {
                lock.unlock();
            }
        }
    }
}
