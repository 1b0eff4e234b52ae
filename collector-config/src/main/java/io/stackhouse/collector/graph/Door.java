package io.stackhouse.collector.graph;

import io.stackhouse.pipeline.Ack;
import io.stackhouse.pipeline.Inlet;
import io.stackhouse.pipeline.RefusedException;
import io.stackhouse.pipeline.Request;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * An inlet before other inlets, which can be exchanged while requests come. Any thread.
 *
 * <p>When {@link #exchange} returns, no request is on its way into the old inlet any more, so that its pipeline can be drained without
 * refusing one.
 */
final class Door implements Inlet {
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private Inlet target;

    Door(Inlet target) {
        this.target = target;
    }

    @Override
    public void submit(Request request, Ack ack) {
        lock.readLock().lock();
        try {
            target.submit(request, ack);
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public @Nullable RefusedException refusal() {
        lock.readLock().lock();
        try {
            return target.refusal();
        } finally {
            lock.readLock().unlock();
        }
    }

    void exchange(Inlet other) {
        lock.writeLock().lock();
        try {
            target = other;
        } finally {
            lock.writeLock().unlock();
        }
    }
}
