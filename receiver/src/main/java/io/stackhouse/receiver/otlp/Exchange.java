package io.stackhouse.receiver.otlp;

import io.stackhouse.pipeline.RefusedException;
import io.stackhouse.pipeline.RejectedException;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.TooLargeException;
import io.stackhouse.pipeline.memory.MemoryLease;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One admitted request until its answer: has a place among the requests in flight and a lease of their memory, and sees to it
 * that there is one answer and no second. Any thread.
 *
 * <p>Place and memory are given back when the request is answered (or its client has gone) and nobody {@linkplain #tryHold
 * holds} it any more: a worker that still inflates the body of a client that has gone is still charged for it.
 */
final class Exchange {
    private final Signal signal;
    private final Sender sender;
    private final Answer answer;
    private final Ledger ledger;
    private final MemoryLease memory;
    private final Runnable onEnd;
    private final AtomicBoolean isEnded = new AtomicBoolean();
    /** One for the missing answer, and one for each that is at work on it. */
    private final AtomicInteger holds = new AtomicInteger(1);

    private volatile long wireBytes;

    /** @param onEnd called once, gives the place back */
    Exchange(Signal signal, Sender sender, Answer answer, Ledger ledger, MemoryLease memory, Runnable onEnd) {
        this.signal = signal;
        this.sender = sender;
        this.answer = answer;
        this.ledger = ledger;
        this.memory = memory;
        this.onEnd = onEnd;
    }

    Signal signal() {
        return signal;
    }

    Transport transport() {
        return sender.transport();
    }

    /** What body and batch are charged to. Used only by who holds the exchange or has yet to answer it. */
    MemoryLease memory() {
        return memory;
    }

    /** Says how many bytes of the body have come, for the log. One thread. */
    void received(long bytes) {
        wireBytes = bytes;
    }

    /** Whether nobody waits for an answer any more. */
    boolean isEnded() {
        return isEnded.get();
    }

    /** Keeps place and memory until {@link #release}, also when the answer is given meanwhile; false when they are gone. */
    boolean tryHold() {
        int before = holds.get();
        while (before > 0) {
            if (holds.compareAndSet(before, before + 1)) {
                return true;
            }
            before = holds.get();
        }
        return false;
    }

    void release() {
        if (holds.decrementAndGet() == 0) {
            memory.close();
            onEnd.run();
        }
    }

    /**
     * Has a worker go on with the request, unless the client goes before its turn comes. What the work throws fails the request.
     */
    void work(Executor workers, Runnable task) {
        if (!tryHold()) {
            return;
        }
        try {
            workers.execute(() -> {
                try {
                    attempt(task);
                } finally {
                    release();
                }
            });
        } catch (RejectedExecutionException e) {
            fail(Failure.of(new RefusedException("the collector is stopping", TimeUnit.SECONDS.toNanos(1))));
            release();
        }
    }

    /** Does some of the request's work now, unless the client has gone; what it throws fails the request. */
    void attempt(Runnable task) {
        if (isEnded()) {
            return;
        }
        try {
            task.run();
        } catch (RejectedException | RefusedException | TooLargeException e) {
            fail(Failure.of(e));
        } catch (RuntimeException e) {
            end(Failure.of(e), e);
        } catch (Error e) {
            end(Failure.of(e), e);
            throw e;
        }
    }

    void ok(byte[] response) {
        if (isEnded.compareAndSet(false, true)) {
            ledger.succeeded(sender);
            answer.ok(response);
            release();
        }
    }

    void fail(Failure failure) {
        end(failure, null);
    }

    /** Ends it with a failure that the caller answers with. */
    Failure failUnanswered(RuntimeException reason) {
        Failure failure = Failure.of(reason);
        if (isEnded.compareAndSet(false, true)) {
            ledger.failed(sender, wireBytes, failure, null);
            release();
        }
        return failure;
    }

    private void end(Failure failure, @Nullable Throwable cause) {
        if (isEnded.compareAndSet(false, true)) {
            ledger.failed(sender, wireBytes, failure, cause);
            answer.fail(failure);
            release();
        } else if (cause != null) {
            ledger.failedLate(sender, wireBytes, failure, cause);
        }
    }

    /** The client has gone; nobody waits for the answer. */
    void abandon() {
        if (isEnded.compareAndSet(false, true)) {
            ledger.abandoned(sender, wireBytes);
            release();
        }
    }
}
