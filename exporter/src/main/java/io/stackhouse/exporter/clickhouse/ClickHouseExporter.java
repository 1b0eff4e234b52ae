package io.stackhouse.exporter.clickhouse;

import io.stackhouse.exporter.clickhouse.ClickHouseConfig.BatchLimits;
import io.stackhouse.exporter.delivery.StopSignal;
import io.stackhouse.pipeline.Exporter;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.batch.Batch;
import io.stackhouse.pipeline.batch.SpanBatch;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores profiles and spans in ClickHouse.
 *
 * <p>Threads: {@link #accept} by any lane, it only queues; one thread of the exporter's own makes blocks and inserts them.
 * {@link #start} waits for ClickHouse, up to {@code startup_timeout}, and prepares the tables. While ClickHouse is slow or away
 * batches wait, and the journal's budget is what bounds them. {@link #close} delivers what it can within its deadline; the rest
 * is given back to the journal ({@link io.stackhouse.pipeline.batch.Receipt#returned}), counted and logged.
 */
final class ClickHouseExporter implements Exporter {
    private static final Logger LOG = LoggerFactory.getLogger(ClickHouseExporter.class);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);
    private static final long ABORT_TIMEOUT_MILLIS = 5_000;

    private final ClickHouseConfig config;
    private final Telemetry telemetry;
    private final Duration closeTimeout;
    private final BatchQueue queue = new BatchQueue();
    private final StopSignal stop = new StopSignal();
    private final ExporterMetrics metrics;
    private @Nullable ClickHouseClient client;
    private @Nullable Thread thread;

    ClickHouseExporter(ClickHouseConfig config, Telemetry telemetry) {
        this(config, telemetry, CLOSE_TIMEOUT);
    }

    ClickHouseExporter(ClickHouseConfig config, Telemetry telemetry, Duration closeTimeout) {
        this.config = config;
        this.telemetry = telemetry;
        this.closeTimeout = closeTimeout;
        this.metrics = new ExporterMetrics(telemetry, queue::rows);
    }

    @Override
    public void start() {
        ClickHouseClient connected = new ClickHouseClient(config);
        client = connected;
        new StartUp(config, connected, telemetry.component().toString(), stop).run();
        Thread worker = new Thread(loop(connected), "exporter-" + telemetry.component());
        thread = worker;
        worker.start();
    }

    private ExportLoop loop(ClickHouseClient connected) {
        BlockEncoder encoder = new BlockEncoder(config.compress());
        BatchLimits limits = config.sendingQueue().batch();
        BlockSender sender = new BlockSender(
                config.address().toString(),
                connected::insert,
                config.retryOnFailure(),
                new BlockSender.Context(stop, telemetry.clock(), metrics));
        TableGroup profileTables = new ProfileTables(config.stackCacheSize(), encoder, metrics);
        TableGroup spanTables = new SpanTables(config.tracesTableName(), encoder, metrics);
        return new ExportLoop(
                queue,
                new OpenBlocks(Signal.PROFILES, profileTables, limits, telemetry.clock()),
                new OpenBlocks(Signal.TRACES, spanTables, limits, telemetry.clock()),
                sender,
                metrics);
    }

    @Override
    public void accept(Batch batch) {
        if (!queue.offer(batch)) {
            metrics.failed(batch instanceof SpanBatch ? Signal.TRACES : Signal.PROFILES, batch.size());
            batch.receipt().returned("exporter " + telemetry.component() + " is closed");
        }
    }

    @Override
    public void close() {
        queue.close();
        stop.stopWithin(closeTimeout.toNanos());
        Thread worker = thread;
        if (worker != null) {
            end(worker);
            thread = null;
        }
        closeClient();
        metrics.close();
    }

    private void end(Thread worker) {
        try {
            worker.join(closeTimeout.toMillis());
            if (worker.isAlive()) {
                // An insert is under way and ClickHouse does not answer.
                closeClient();
                worker.join(ABORT_TIMEOUT_MILLIS);
            }
            if (worker.isAlive()) {
                LOG.error(
                        "Exporter {} could not end its thread; its last batches stay unsettled", telemetry.component());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void closeClient() {
        ClickHouseClient open = client;
        client = null;
        if (open != null) {
            open.close();
        }
    }
}
