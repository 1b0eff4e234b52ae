package io.stackhouse.exporter.debug;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.LongCounter;
import io.stackhouse.pipeline.Exporter;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.batch.Batch;
import io.stackhouse.pipeline.batch.SpanBatch;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows batches to people, and takes every one of them as delivered.
 *
 * <p>Threads: {@link #accept} by a lane, it only decides whether the batch is shown; a thread of the exporter's own writes, since the
 * log or the terminal behind standard output may be slow. When {@value #WAITING} batches wait to be written, others are left out and
 * counted: a dump never holds data up. {@link #close} writes what waits, for a bounded time.
 */
final class DebugExporter implements Exporter {
    private static final Logger LOG = LoggerFactory.getLogger(DebugExporter.class);
    static final int WAITING = 16;
    private static final long CLOSE_TIMEOUT_MILLIS = 5_000;
    private static final long POLL_MILLIS = 200;

    private final DebugConfig config;
    private final Telemetry telemetry;
    private final Consumer<String> out;
    private final SecondSampler sampler;
    private final BlockingQueue<Batch> waiting = new ArrayBlockingQueue<>(WAITING);
    private final Attributes label;
    private final LongCounter sentSamples;
    private final LongCounter sentSpans;
    private final LongCounter leftOut;
    private final AtomicLong leftOutSinceLast = new AtomicLong();
    private volatile boolean isClosed;
    private @Nullable Thread thread;

    DebugExporter(DebugConfig config, Telemetry telemetry) {
        this(config, telemetry, config.useInternalLogger() ? text -> LOG.info("{}", text) : System.out::println);
    }

    DebugExporter(DebugConfig config, Telemetry telemetry, Consumer<String> out) {
        this.config = config;
        this.telemetry = telemetry;
        this.out = out;
        this.sampler = new SecondSampler(config.samplingInitial(), config.samplingThereafter());
        this.label = telemetry.labelled("exporter");
        this.sentSamples = counter(
                "otelcol_exporter_sent_profile_samples", "{samples}", "Rows of profiles that the destination took");
        this.sentSpans = counter("otelcol_exporter_sent_spans", "{spans}", "Spans that the destination took");
        this.leftOut = counter(
                "stackhouse_exporter_left_out_dumps", "{batches}", "Batches not shown since the output is too slow");
    }

    private LongCounter counter(String name, String unit, String description) {
        return telemetry
                .meter()
                .counterBuilder(name)
                .setUnit(unit)
                .setDescription(description)
                .build();
    }

    @Override
    public void start() {
        Thread writer = new Thread(this::write, "exporter-" + telemetry.component());
        writer.setDaemon(true);
        thread = writer;
        writer.start();
    }

    @Override
    public void accept(Batch batch) {
        if (sampler.isShown(telemetry.clock().nanos()) && !waiting.offer(batch)) {
            leftOut.add(1, label);
            leftOutSinceLast.incrementAndGet();
        }
        (batch instanceof SpanBatch ? sentSpans : sentSamples).add(batch.size(), label);
        batch.receipt().delivered();
    }

    private void write() {
        try {
            while (!isClosed || !waiting.isEmpty()) {
                Batch batch = waiting.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
                if (batch != null) {
                    show(batch);
                }
            }
        } catch (InterruptedException e) {
            // Only close() interrupts, when the output hangs.
            Thread.currentThread().interrupt();
        }
    }

    private void show(Batch batch) {
        try {
            out.accept(Dump.of(batch, config));
            long missing = leftOutSinceLast.getAndSet(0);
            if (missing > 0) {
                LOG.warn(
                        "Exporter {} left out {} batches since its output is too slow", telemetry.component(), missing);
            }
        } catch (RuntimeException e) {
            LOG.error("Exporter {} can't show a batch of {}", telemetry.component(), batch.size(), e);
        }
    }

    @Override
    public void close() {
        isClosed = true;
        Thread writer = thread;
        thread = null;
        if (writer == null) {
            return;
        }
        try {
            writer.join(CLOSE_TIMEOUT_MILLIS);
            if (writer.isAlive()) {
                writer.interrupt();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
