package io.stackhouse.it;

import io.stackhouse.collector.config.TelemetryConfig;
import io.stackhouse.collector.telemetry.LogSetup;
import io.stackhouse.it.LedgerExporterFactory.Settling;
import io.stackhouse.pipeline.Ack;
import io.stackhouse.pipeline.RefusedException;
import io.stackhouse.pipeline.Request;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.batch.SpanBatch;
import io.stackhouse.pipeline.log.DiskJournal;
import io.stackhouse.pipeline.log.Journal;
import io.stackhouse.pipeline.log.JournalSettings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Measures how long a client waits for its answer when a collector with a journal on disk has a fixed rate of requests, beside bare
 * appends and fdatasyncs of the same sizes in the same folder and run.
 *
 * <p>Both take turns of two seconds. Requests leave when their time has come, whether or not others were answered, and each wait counts
 * from that time on, so that a stall counts for all who would have come meanwhile. A bare sync is measured from its own begin, which is
 * the harder one to be compared with, and from the time on when it was due, as answers are. The first turns warm up and don't count.
 *
 * <p>By hand: {@code scripts/benchmark.sh journal-latency FOLDER REQUESTS-PER-SECOND BODY-BYTES SECONDS}.
 */
final class AckLatency {
    private static final long TURN_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final int WARM_UP_TURNS = 8;
    /** Requests come so many times as often then, or the compiler would take its processors while the measured ones run. */
    private static final int WARM_UP_SPEED = 10;

    private static final int MAX_OPEN = 2_000;

    private final PlainHttpClient client;
    private final DiskJournal journal;
    private long intervalNanos;
    private final int bodyBytes;
    private final Path folder;
    private final Semaphore open = new Semaphore(MAX_OPEN);
    private final AtomicLong failures = new AtomicLong();
    private final Histogram appendedSinceDue = new Histogram(3);
    private long number;

    private AckLatency(Path folder, int httpPort, DiskJournal journal, int requestsPerSecond, int bodyBytes) {
        this.journal = journal;
        this.folder = folder;
        this.client = new PlainHttpClient(httpPort, "/v1/traces", "application/x-protobuf");
        this.intervalNanos = TimeUnit.SECONDS.toNanos(1) / requestsPerSecond;
        this.bodyBytes = bodyBytes;
    }

    public static void main(String[] arguments) throws Exception {
        LogSetup.apply(TelemetryConfig.LogLevel.WARN);
        Path folder = Files.createDirectories(Path.of(arguments[0]).resolve("latency"));
        int[] ports = KillCampaign.freePorts();
        CollectorProcess.Place place = new CollectorProcess.Place(
                folder, ports[0], ports[1], Settling.AT_ONCE, CollectorProcess.Place.FULL_JIT);
        try (CollectorProcess collector = CollectorProcess.start(place, 0)) {
            if (!collector.awaitReady(TimeUnit.SECONDS.toNanos(60))) {
                throw new IllegalStateException(collector.output());
            }
            try (DiskJournal journal = DiskJournal.of(
                    folder.resolve("in-process"),
                    JournalSettings.defaults(),
                    (signal, version, body, received, memory) -> new SpanBatch(List.of(), received),
                    Telemetry.none())) {
                journal.start();
                new Thread(() -> release(journal), "destination").start();
                new AckLatency(
                                folder,
                                ports[1],
                                journal,
                                Integer.parseInt(arguments[1]),
                                Integer.parseInt(arguments[2]))
                        .run(Integer.parseInt(arguments[3]));
            }
        }
    }

    private void run(int seconds) throws IOException, InterruptedException {
        Histogram answers = new ConcurrentHistogram(3);
        Histogram kept = new ConcurrentHistogram(3);
        Histogram appended = new Histogram(3);
        Histogram overwritten = new Histogram(3);
        long turns = TimeUnit.SECONDS.toNanos(seconds) / (3 * TURN_NANOS);
        intervalNanos /= WARM_UP_SPEED;
        for (int turn = -WARM_UP_TURNS; turn < turns; turn++) {
            if (turn == 0) {
                intervalNanos *= WARM_UP_SPEED;
                failures.set(0);
                answers.reset();
                kept.reset();
                appended.reset();
                overwritten.reset();
                appendedSinceDue.reset();
            }
            send(answers);
            append(kept);
            sync(turn % 2 == 0 ? appended : overwritten, turn % 2 == 0);
        }
        client.close();
        print("answers of the collector", answers);
        print("acks of a journal in this process", kept);
        print("bare append and fdatasync", appended);
        print("the same, from the time on when each was due", appendedSinceDue);
        print("bare fdatasync of allocated space", overwritten);
        compare("p99 beside that of a bare append and fdatasync", answers, kept, appended);
        compare("p99 beside that from the time on when it was due", answers, kept, appendedSinceDue);
        System.out.println("failures: " + failures.get());
    }

    private static void compare(String what, Histogram answers, Histogram kept, Histogram bare) {
        double p99 = bare.getValueAtPercentile(99);
        System.out.printf(
                "%s: answers %.2f, acks %.2f%n",
                what, answers.getValueAtPercentile(99) / p99, kept.getValueAtPercentile(99) / p99);
    }

    private static void print(String what, Histogram nanos) {
        System.out.printf(
                "%s: %d, p50 %.2f ms, p90 %.2f ms, p99 %.2f ms, max %.2f ms%n",
                what,
                nanos.getTotalCount(),
                millis(nanos.getValueAtPercentile(50)),
                millis(nanos.getValueAtPercentile(90)),
                millis(nanos.getValueAtPercentile(99)),
                millis(nanos.getMaxValue()));
    }

    private static double millis(long nanos) {
        return nanos / (double) TimeUnit.MILLISECONDS.toNanos(1);
    }

    private void send(Histogram histogram) throws InterruptedException {
        long begin = System.nanoTime();
        for (long due = begin; due - begin < TURN_NANOS; due += intervalNanos) {
            byte[] body = NumberedRequests.request(number++, bodyBytes).toByteArray();
            waitUntil(due);
            open.acquire();
            long dueNanos = due;
            client.post(body, (status, error) -> {
                histogram.recordValue(System.nanoTime() - dueNanos);
                if (status != 200) {
                    failures.incrementAndGet();
                    System.err.println(error != null ? error : "status " + status);
                }
                open.release();
            });
        }
        open.acquire(MAX_OPEN);
        open.release(MAX_OPEN);
    }

    /** What it costs without transport, decoding and a second process. */
    private void append(Histogram histogram) throws InterruptedException {
        long begin = System.nanoTime();
        for (long due = begin; due - begin < TURN_NANOS; due += intervalNanos) {
            byte[] body = NumberedRequests.request(number++, bodyBytes).toByteArray();
            waitUntil(due);
            open.acquire();
            long dueNanos = due;
            long now = Telemetry.none().clock().unixNanos();
            Request request = new Request(Signal.TRACES, 1, body, new SpanBatch(List.of(), now), now, "", body.length);
            journal.append(request, new Ack() {
                @Override
                public void accepted() {
                    histogram.recordValue(System.nanoTime() - dueNanos);
                    open.release();
                }

                @Override
                public void refused(RefusedException reason) {
                    failures.incrementAndGet();
                    accepted();
                }
            });
        }
        open.acquire(MAX_OPEN);
        open.release(MAX_OPEN);
    }

    private static void release(DiskJournal journal) {
        try {
            for (Journal.Entry entry = journal.take(); entry != null; entry = journal.take()) {
                journal.release(entry.sequence());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void sync(Histogram histogram, boolean isAppended) throws IOException {
        Path file = folder.resolve(isAppended ? "appended" : "overwritten");
        ByteBuffer body = ByteBuffer.allocateDirect(bodyBytes);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            long at = channel.size();
            if (!isAppended) {
                long bytes = TURN_NANOS / intervalNanos * bodyBytes;
                if (at < bytes) {
                    channel.write(ByteBuffer.allocate((int) bytes), 0);
                    channel.force(true);
                }
                at = 0;
            }
            long begin = System.nanoTime();
            for (long due = begin;
                    System.nanoTime() - begin < TURN_NANOS && due - begin < TURN_NANOS;
                    due += intervalNanos) {
                waitUntil(due);
                long start = System.nanoTime();
                channel.write(body.clear(), at);
                channel.force(false);
                long end = System.nanoTime();
                histogram.recordValue(end - start);
                if (isAppended) {
                    appendedSinceDue.recordValue(end - due);
                }
                at += bodyBytes;
            }
        }
    }

    private static void waitUntil(long due) {
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
