package io.stackhouse.cli.load;

import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongUnaryOperator;

/**
 * One run of requests against one endpoint, in parts: {@link #send} sends for some time and waits for all answers, and may be called again.
 *
 * <p>Threads: one sends; figures are for any. The sender is the caller's.
 */
public final class Load implements AutoCloseable {

    private static final long LEAST_RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    /** From when it was due; what is refused for so long is counted as rejected. */
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(2);

    private static final int MAX_OPEN = 4096;

    private final Requests requests;
    private final Sender sender;
    private final int run;
    private final Figures figures = new Figures();
    private final ScheduledExecutorService retries = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "load-retries");
        thread.setDaemon(true);
        return thread;
    });
    private final LongUnaryOperator beginUnixNanos;
    private long nextSequence;

    /**
     * What to send, as intervals that end when they are sent.
     *
     * @param run number that tells these requests from those of other runs, in the ids of their profiles
     */
    public Load(Requests requests, Sender sender, int run) {
        this(requests, sender, run, sequence -> Requests.beginOfIntervalUnixNanos());
    }

    /**
     * What to send.
     *
     * @param run number that tells these requests from those of other runs, in the ids of their profiles
     * @param beginUnixNanos when the interval of each request began, by its sequence number
     */
    public Load(Requests requests, Sender sender, int run, LongUnaryOperator beginUnixNanos) {
        this.requests = requests;
        this.sender = sender;
        this.run = run;
        this.beginUnixNanos = beginUnixNanos;
    }

    /**
     * How fast.
     *
     * @param requestsPerSecond of an open loop; 0 for as many as are taken
     * @param open requests at one time, when as many as are taken
     */
    public record Pace(double requestsPerSecond, int open) {

        public Pace {
            if (!(requestsPerSecond >= 0) || open < 1 || open > MAX_OPEN) {
                throw new IllegalArgumentException(
                        "a pace of " + requestsPerSecond + " requests per second, " + open + " open");
            }
        }

        /** As many as are taken. */
        public static Pace maximal(int open) {
            return new Pace(0, open);
        }

        /** An open loop. */
        public static Pace of(double requestsPerSecond) {
            return new Pace(requestsPerSecond, MAX_OPEN);
        }
    }

    /** What has happened so far. Any thread. */
    public static final class Figures {
        private final LongAdder requests = new LongAdder();
        private final LongAdder accepted = new LongAdder();
        private final LongAdder samples = new LongAdder();
        private final LongAdder bytes = new LongAdder();
        private final LongAdder values = new LongAdder();
        private final LongAdder refusals = new LongAdder();
        private final LongAdder rejected = new LongAdder();
        private final LongAdder unanswered = new LongAdder();
        private final ConcurrentSkipListSet<Long> notAccepted = new ConcurrentSkipListSet<>();
        private final Latencies latencies = new Latencies();
        private volatile String lastProblem = "";

        /** Different requests that were sent. */
        public long requests() {
            return requests.sum();
        }

        public long acceptedRequests() {
            return accepted.sum();
        }

        public long acceptedSamples() {
            return samples.sum();
        }

        /** Not compressed. */
        public long acceptedBytes() {
            return bytes.sum();
        }

        /** The sum of all values of accepted samples. */
        public long acceptedValues() {
            return values.sum();
        }

        /** Answers that said: later. */
        public long refusals() {
            return refusals.sum();
        }

        public long rejectedRequests() {
            return rejected.sum();
        }

        /** Requests of which nobody knows whether the server has them. */
        public long unansweredRequests() {
            return unanswered.sum();
        }

        public Latencies latencies() {
            return latencies;
        }

        /** What the last answer said that was no acceptance, or nothing. */
        public String lastProblem() {
            return lastProblem;
        }

        /** Whether this number was rejected, or had no answer. */
        boolean isInDoubt(long sequence) {
            return notAccepted.contains(sequence);
        }
    }

    public Figures figures() {
        return figures;
    }

    /** The first number that was not used yet. */
    public long nextSequence() {
        return nextSequence;
    }

    /**
     * Sends for so long, at least one request, and waits for all answers.
     *
     * @throws InterruptedException when interrupted; requests may still be open then
     */
    public void send(Pace pace, long nanos) throws InterruptedException {
        Semaphore open = new Semaphore(pace.open());
        long begin = System.nanoTime();
        long sent = 0;
        while (sent == 0 || System.nanoTime() - begin < nanos) {
            long due = begin;
            if (pace.requestsPerSecond() > 0) {
                due += (long) (sent * TimeUnit.SECONDS.toNanos(1) / pace.requestsPerSecond());
                if (due - begin >= nanos) {
                    break;
                }
                waitUntil(due);
            }
            open.acquire();
            if (pace.requestsPerSecond() == 0 && sent > 0 && System.nanoTime() - begin >= nanos) {
                open.release();
                break;
            }
            one(pace.requestsPerSecond() > 0 ? due : System.nanoTime(), open);
            sent++;
        }
        open.acquire(pace.open());
    }

    /**
     * Sends so many requests, as fast as they are taken, and waits for all answers.
     *
     * @param open requests at one time
     * @throws InterruptedException when interrupted; requests may still be open then
     */
    public void sendCount(long count, int open) throws InterruptedException {
        Semaphore places = new Semaphore(open);
        for (long i = 0; i < count; i++) {
            places.acquire();
            one(System.nanoTime(), places);
        }
        places.acquire(open);
    }

    /** Ends what would be sent again later. */
    @Override
    public void close() {
        retries.shutdownNow();
    }

    private void one(long dueNanos, Semaphore open) {
        long sequence = nextSequence;
        nextSequence++;
        figures.requests.increment();
        new Attempt(sequence, beginUnixNanos.applyAsLong(sequence), dueNanos, open).send();
    }

    private static void waitUntil(long due) throws InterruptedException {
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
            LockSupport.parkNanos(left);
            if (Thread.interrupted()) {
                throw new InterruptedException("interrupted between two requests");
            }
        }
    }

    /** One request until it has an answer that ends it. */
    private final class Attempt implements Sender.Listener {
        private final long sequence;
        private final long beginUnixNanos;
        private final long dueNanos;
        private final Semaphore open;

        Attempt(long sequence, long beginUnixNanos, long dueNanos, Semaphore open) {
            this.sequence = sequence;
            this.beginUnixNanos = beginUnixNanos;
            this.dueNanos = dueNanos;
            this.open = open;
        }

        /** The same bytes each time. */
        void send() {
            synchronized (sender) {
                sender.send(requests.body(run, sequence, beginUnixNanos), this);
            }
        }

        @Override
        public void answered(Sender.Answer answer) {
            switch (answer.kind()) {
                case ACCEPTED -> accepted();
                case REFUSED -> {
                    sendAgain(answer);
                    return;
                }
                case REJECTED -> inDoubt(figures.rejected, answer);
                case NONE -> inDoubt(figures.unanswered, answer);
                default -> throw new IllegalStateException("an answer of kind " + answer.kind());
            }
            open.release();
        }

        private void sendAgain(Sender.Answer answer) {
            figures.refusals.increment();
            figures.lastProblem = answer.message();
            long waitNanos = Math.max(LEAST_RETRY_NANOS, answer.retryAfterNanos());
            if (System.nanoTime() + waitNanos - dueNanos > PATIENCE_NANOS) {
                inDoubt(figures.rejected, answer);
                open.release();
                return;
            }
            try {
                ScheduledFuture<?> unused = retries.schedule(this::send, waitNanos, TimeUnit.NANOSECONDS);
            } catch (RejectedExecutionException e) {
                // The run was closed: it stays without an acceptance.
                inDoubt(figures.unanswered, answer);
                open.release();
            }
        }

        private void accepted() {
            figures.latencies.add(System.nanoTime() - dueNanos);
            RequestTemplate.Content content = requests.content(sequence);
            figures.accepted.increment();
            figures.samples.add(content.samples());
            figures.bytes.add(content.bytes());
            figures.values.add(content.valueSum());
        }

        private void inDoubt(LongAdder counter, Sender.Answer answer) {
            counter.increment();
            figures.lastProblem = answer.message();
            figures.notAccepted.add(sequence);
        }
    }
}
