package io.stackhouse.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Starts programs one after the other, sees when one ends by itself, and stops them in the reverse order.
 *
 * <p>Threads: {@link #start} for one; {@link #stopLast} and {@link #close} for any, at any time, a shutdown hook's too. After the first stop nothing more starts.
 */
public final class Supervisor implements AutoCloseable {

    private final FileOwner logOwner;
    private final Deque<Child> children = new ArrayDeque<>();
    private final CompletableFuture<Child> firstEnd = new CompletableFuture<>();
    private boolean stopping;

    public Supervisor(FileOwner logOwner) {
        this.logOwner = logOwner;
    }

    /**
     * Starts a program and waits until it serves.
     *
     * @throws ChildFailedException when it does not, or when stopping has begun
     */
    public Child start(ChildSpec spec, Duration readyWithin) throws IOException, InterruptedException {
        Child child = launch(spec);
        child.awaitReady(readyWithin);
        return child;
    }

    /** Completes with the first program that ended before it was asked to. */
    public CompletableFuture<Child> firstEnd() {
        return firstEnd;
    }

    public synchronized boolean isStopping() {
        return stopping;
    }

    /** How many run that were not asked to stop. */
    synchronized int size() {
        return children.size();
    }

    /** Stops what was started last of those that were not stopped yet. */
    void stopLast() {
        Child last = takeLast();
        if (last != null) {
            last.stop();
        }
    }

    @Override
    public void close() {
        while (size() > 0) {
            stopLast();
        }
    }

    private synchronized Child launch(ChildSpec spec) throws IOException {
        if (stopping) {
            throw new ChildFailedException(spec.name() + " was not started, since everything is being stopped");
        }
        Child child = Child.start(spec, logOwner);
        children.push(child);
        CompletableFuture<Void> unused = child.ended().thenAccept(code -> reportEnd(child));
        return child;
    }

    private synchronized void reportEnd(Child child) {
        if (!stopping) {
            firstEnd.complete(child);
        }
    }

    private synchronized @Nullable Child takeLast() {
        stopping = true;
        return children.poll();
    }
}
