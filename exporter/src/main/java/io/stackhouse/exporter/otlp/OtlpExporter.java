package io.stackhouse.exporter.otlp;

import io.stackhouse.exporter.delivery.BackOff;
import io.stackhouse.exporter.delivery.RetryOnFailure;
import io.stackhouse.exporter.delivery.StopSignal;
import io.stackhouse.pipeline.Exporter;
import io.stackhouse.pipeline.LogPace;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.batch.Batch;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.batch.Receipt;
import io.stackhouse.pipeline.batch.SpanBatch;
import io.stackhouse.pipeline.otlp.ExportResponses.PartialSuccess;
import io.stackhouse.pipeline.otlp.OtlpEncoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends batches on to the next hop, one request for each.
 *
 * <p>Threads: {@link #accept} by any lane, it only queues; {@code num_consumers} threads of the exporter's own encode and send. While
 * the next hop is slow or away batches wait with their receipts open, and the journal's budget bounds them. {@link #close} delivers
 * what it can within its deadline; the rest goes back to the journal ({@link io.stackhouse.pipeline.batch.Receipt#returned}).
 */
final class OtlpExporter implements Exporter {
    private static final Logger LOG = LoggerFactory.getLogger(OtlpExporter.class);
    private static final long LOG_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);
    private static final long ABORT_TIMEOUT_MILLIS = 5_000;
    private static final int MAX_SHOWN_CHARS = 500;
    private static final String CLOSED = "the exporter was closed before the next hop took it";

    private final Settings settings;
    private final Supplier<Transport> transports;
    private final Telemetry telemetry;
    private final Duration closeTimeout;
    private final RequestQueue queue;
    private final OtlpMetrics metrics;
    private final StopSignal stop = new StopSignal();
    private final LogPace losses;
    private final LogPace retries;
    private final LogPace remarks;
    private final List<Thread> threads = new ArrayList<>();
    private @Nullable Transport transport;

    /**
     * What both transports have in common.
     *
     * @param destination for messages
     * @param maxRequestBytes before compression
     */
    record Settings(String destination, long maxRequestBytes, RetryOnFailure retry, SendingQueue queue) {}

    OtlpExporter(Settings settings, Supplier<Transport> transports, Telemetry telemetry) {
        this(settings, transports, telemetry, CLOSE_TIMEOUT);
    }

    OtlpExporter(Settings settings, Supplier<Transport> transports, Telemetry telemetry, Duration closeTimeout) {
        this.settings = settings;
        this.transports = transports;
        this.telemetry = telemetry;
        this.closeTimeout = closeTimeout;
        this.queue = new RequestQueue(settings.queue());
        this.metrics = new OtlpMetrics(telemetry, queue);
        this.losses = new LogPace(telemetry.clock(), LOG_INTERVAL_NANOS);
        this.retries = new LogPace(telemetry.clock(), LOG_INTERVAL_NANOS);
        this.remarks = new LogPace(telemetry.clock(), LOG_INTERVAL_NANOS);
    }

    @Override
    public void start() {
        Transport opened = transports.get();
        transport = opened;
        for (int i = 0; i < settings.queue().threads(); i++) {
            Thread thread = new Thread(() -> run(opened), "exporter-" + telemetry.component() + "-" + i);
            threads.add(thread);
            thread.start();
        }
    }

    @Override
    public void accept(Batch batch) {
        RequestQueue.Offer offer = queue.offer(batch);
        if (offer == RequestQueue.Offer.FULL) {
            metrics.overflowed(batch);
            String reason = "the queue is full (sending_queue::block_on_overflow is off)";
            losses.tell(leftOut -> logLoss(batch, reason, leftOut));
            batch.receipt().dropped(reason);
        }
        if (offer == RequestQueue.Offer.CLOSED) {
            batch.receipt().returned(CLOSED);
        }
    }

    private void run(Transport to) {
        try {
            while (!stop.isPast()) {
                Batch batch = queue.take();
                if (batch == null) {
                    return;
                }
                metrics.begun();
                try {
                    deliver(batch, to);
                } finally {
                    metrics.ended();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void deliver(Batch batch, Transport to) throws InterruptedException {
        List<Batch> halves = List.of();
        try {
            byte[] request = OtlpEncoder.encode(batch);
            if (request.length > settings.maxRequestBytes()) {
                halves = halves(batch, request.length);
            } else {
                metrics.encoded(batch, request.length);
                send(batch, request, to);
            }
        } catch (InterruptedException e) {
            // Only close() interrupts, when the next hop doesn't answer.
            batch.receipt().returned(CLOSED);
            throw e;
        } catch (RuntimeException e) {
            LOG.error("Exporter {} failed", telemetry.component(), e);
            drop(batch, "the exporter failed: " + e);
        } catch (Error e) {
            drop(batch, "the exporter failed: " + e);
            throw e;
        }
        deliverAll(halves, to);
    }

    /** What is too large, as halves that settle it together; none, and dropped, when it can't be halved. */
    private List<Batch> halves(Batch batch, int bytes) {
        List<Batch> halves = BatchHalves.of(batch);
        if (halves.isEmpty()) {
            drop(
                    batch,
                    "it has " + bytes + " bytes, more than max_request_size (" + settings.maxRequestBytes()
                            + "), and is a single span or sample");
            return halves;
        }
        Receipt shared = Receipt.shared(batch.receipt(), halves.size());
        halves.forEach(half -> half.setReceipt(shared));
        return halves;
    }

    /** One after another; each is settled, also when an interrupt ends it. */
    private void deliverAll(List<Batch> batches, Transport to) throws InterruptedException {
        int begun = 0;
        try {
            for (Batch batch : batches) {
                begun++;
                deliver(batch, to);
            }
        } finally {
            for (Batch batch : batches.subList(begun, batches.size())) {
                batch.receipt().returned(CLOSED);
            }
        }
    }

    /** Sends until the next hop has it, or never will, or time is up; the receipt is settled unless the exporter is closed first. */
    private void send(Batch batch, byte[] request, Transport to) throws InterruptedException {
        Signal signal = batch instanceof SpanBatch ? Signal.TRACES : Signal.PROFILES;
        RetryOnFailure retry = settings.retry();
        BackOff backOff = new BackOff(retry);
        long firstNanos = telemetry.clock().nanos();
        while (!stop.isPast()) {
            Answer answer = to.send(signal, request);
            if (answer instanceof Answer.Taken taken) {
                taken(batch, taken.partial());
                return;
            }
            Answer.Failed failed = (Answer.Failed) answer;
            String reason = finalReason(failed, retry, telemetry.clock().nanos() - firstNanos);
            if (!reason.isEmpty()) {
                drop(batch, reason);
                return;
            }
            retries.tell(leftOut -> LOG.warn(
                    "{} did not take a request, it will be sent again: {} ({} more such since the last line)",
                    settings.destination(),
                    printable(failed.message()),
                    leftOut));
            metrics.retried();
            stop.pause(Math.max(backOff.nextNanos(), failed.delayNanos()));
        }
        batch.receipt().returned(CLOSED);
    }

    /** Why the request is not sent again; empty when it is. */
    private static String finalReason(Answer.Failed failed, RetryOnFailure retry, long elapsedNanos) {
        if (!failed.isRetryable()) {
            return "it will never be taken: " + failed.message();
        }
        if (!retry.enabled()) {
            return "retry_on_failure is off: " + failed.message();
        }
        long maxNanos = retry.maxElapsedTime().toNanos();
        return maxNanos > 0 && elapsedNanos >= maxNanos
                ? "max_elapsed_time (" + retry.maxElapsedTime() + ") is over: " + failed.message()
                : "";
    }

    private void taken(Batch batch, PartialSuccess partial) {
        long rejected = Math.max(0, partial.rejected());
        if (batch instanceof ProfileBatch profiles) {
            // The next hop counts profiles and doesn't say which: rows are known to be lost only when all are.
            metrics.profilesRejected(rejected);
            metrics.sent(batch, rejected >= profiles.profileCount() && rejected > 0 ? batch.size() : 0);
        } else {
            metrics.sent(batch, Math.min(rejected, batch.size()));
        }
        if (!partial.isWhole()) {
            remarks.tell(leftOut -> LOG.warn(
                    "{} took a request but {} of it: {} ({} more such since the last line)",
                    settings.destination(),
                    rejected,
                    printable(partial.message()),
                    leftOut));
        }
        batch.receipt().delivered();
    }

    private void drop(Batch batch, String reason) {
        metrics.failed(batch);
        losses.tell(leftOut -> logLoss(batch, reason, leftOut));
        batch.receipt().dropped(reason);
    }

    private void logLoss(Batch batch, String reason, long leftOut) {
        LOG.error(
                "Lost a request of {} {} for {}: {} ({} more such since the last line)",
                batch.size(),
                batch instanceof SpanBatch ? "spans" : "rows",
                settings.destination(),
                printable(reason),
                leftOut);
    }

    /** What a server says may be long, and may hold what breaks a line. */
    private static String printable(String text) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < Math.min(text.length(), MAX_SHOWN_CHARS); i++) {
            out.append(Character.isISOControl(text.charAt(i)) ? ' ' : text.charAt(i));
        }
        return text.length() > MAX_SHOWN_CHARS ? out.append('…').toString() : out.toString();
    }

    @Override
    public void close() {
        queue.close();
        stop.stopWithin(closeTimeout.toNanos());
        if (!threads.isEmpty()) {
            try {
                join(closeTimeout.toMillis());
                threads.forEach(Thread::interrupt);
                join(ABORT_TIMEOUT_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            threads.clear();
        }
        giveBack();
        Transport open = transport;
        transport = null;
        if (open != null) {
            open.close();
        }
        metrics.close();
    }

    /** What waits goes back to the journal, which gives it out again. */
    private void giveBack() {
        int left = 0;
        for (Batch batch = queue.poll(); batch != null; batch = queue.poll()) {
            left++;
            batch.receipt().returned(CLOSED);
        }
        if (left > 0) {
            LOG.warn(
                    "Exporter {} ends with {} requests that {} did not take; the journal has them again",
                    telemetry.component(),
                    left,
                    settings.destination());
        }
    }

    private void join(long millis) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofMillis(millis).toNanos();
        for (Thread thread : threads) {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            thread.join(Math.max(1, left));
        }
    }
}
