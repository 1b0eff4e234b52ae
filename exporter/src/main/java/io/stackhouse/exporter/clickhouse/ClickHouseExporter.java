package io.stackhouse.exporter.clickhouse;

import io.stackhouse.exporter.clickhouse.ClickHouseConfig.BatchLimits;
import io.stackhouse.exporter.delivery.StopSignal;
import io.stackhouse.pipeline.Exporter;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.batch.Batch;
import io.stackhouse.pipeline.batch.Origin;
import io.stackhouse.pipeline.batch.SpanBatch;
import io.stackhouse.pipeline.log.RecordLog;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores profiles and spans in ClickHouse.
 *
 * <p>Threads: {@link #accept} by any lane, it only queues; one thread of the exporter's own makes blocks and stores them in the log; senders
 * insert them. {@link #start} waits for ClickHouse, up to {@code startup_timeout}, and prepares the tables. While ClickHouse is slow or away
 * blocks wait in the log, then batches in the journal, whose budgets are the bounds. {@link #close} delivers what it can within its deadline;
 * what is in a log on disk is delivered after the next start, the rest is given back to the journal
 * ({@link io.stackhouse.pipeline.batch.Receipt#returned}), counted and logged.
 */
final class ClickHouseExporter implements Exporter {
    private static final Logger LOG = LoggerFactory.getLogger(ClickHouseExporter.class);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);
    private static final long ABORT_TIMEOUT_MILLIS = 5_000;

    private final ClickHouseConfig config;
    private final Telemetry telemetry;
    private final @Nullable Path folder;
    private final Duration closeTimeout;
    private final BatchQueue queue = new BatchQueue();
    private final StopSignal stop = new StopSignal();
    private final ExporterMetrics metrics;
    private final BlockWidth width;
    private volatile @Nullable Store store;
    private @Nullable Shard shard;
    private @Nullable ClickHouseClient client;
    private @Nullable Thread thread;

    ClickHouseExporter(ClickHouseConfig config, Telemetry telemetry, @Nullable Path folder) {
        this(config, telemetry, folder, CLOSE_TIMEOUT);
    }

    /** @param folder where blocks are kept, one folder for each shard, and {@code dead_letter}; null to keep them in memory */
    ClickHouseExporter(ClickHouseConfig config, Telemetry telemetry, @Nullable Path folder, Duration closeTimeout) {
        this.config = config;
        this.telemetry = telemetry;
        this.folder = folder;
        this.closeTimeout = closeTimeout;
        this.width = new BlockWidth(telemetry.clock());
        this.metrics = new ExporterMetrics(telemetry, this::waitingRows);
    }

    private long waitingRows() {
        Shard known = shard;
        return queue.rows() + (known == null ? 0 : known.log().rows());
    }

    @Override
    public void start() {
        ClickHouseClient connected = new ClickHouseClient(config);
        client = connected;
        new StartUp(config, connected, telemetry.component().toString(), stop).run();
        Shard started = shard(connected);
        shard = started;
        Store opened = new Store(started, config.blockLog().maxSize().bytes(), stop, telemetry.clock());
        store = opened;
        try {
            if (!opened.tryOpen()) {
                LOG.info("Exporter {} waits for the one before it to leave {}", telemetry.component(), folder);
            }
        } catch (IOException e) {
            throw new IllegalStateException("the block log in " + folder + " can't be opened: " + e.getMessage(), e);
        }
        started.start(config.sendingQueue().numConsumers());
        Thread worker = new Thread(loop(opened), "exporter-" + telemetry.component());
        thread = worker;
        worker.start();
    }

    private Shard shard(ClickHouseClient connected) {
        Path home = folder;
        RecordLog disk = home == null
                ? null
                : RecordLog.of(
                        home.resolve("shard-0"), config.blockLog().maxSize().bytes());
        BlockLog log = new BlockLog(disk, Schema.newest(), config.sendingQueue().numConsumers(), telemetry.clock());
        BlockSender sender = new BlockSender(
                config.address().toString(),
                connected::insert,
                config.retryOnFailure(),
                new BlockSender.Context(stop, telemetry.clock(), metrics));
        DeadLetters letters = home == null ? null : new DeadLetters(home.resolve("dead_letter"), config.database());
        return new Shard(
                telemetry.component() + "-0",
                log,
                sender,
                letters,
                new Shard.Shared(width, metrics, telemetry.clock()));
    }

    private ExportLoop loop(Store opened) {
        BlockEncoder encoder = new BlockEncoder(config.compress());
        BatchLimits limits = config.sendingQueue().batch();
        TableGroup profileTables = new ProfileTables(config.stackCacheSize(), encoder, metrics);
        TableGroup spanTables = new SpanTables(config.tracesTableName(), encoder, metrics);
        return new ExportLoop(
                queue,
                new OpenBlocks(Signal.PROFILES, profileTables, limits, width, telemetry.clock()),
                new OpenBlocks(Signal.TRACES, spanTables, limits, width, telemetry.clock()),
                opened,
                metrics);
    }

    @Override
    public boolean has(Origin origin) {
        Store known = store;
        return known != null && known.coversAll(List.of(origin));
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
        Shard sending = shard;
        if (worker != null && sending != null) {
            end(worker, sending);
            thread = null;
            sending.log().keepHouse();
            sending.log().close();
        }
        closeClient();
        metrics.close();
    }

    private void end(Thread worker, Shard sending) {
        try {
            worker.join(closeTimeout.toMillis() + 1);
            sending.drain();
            if (!sending.join(closeTimeout.toMillis()) || worker.isAlive()) {
                // An insert is under way and ClickHouse does not answer.
                closeClient();
                worker.join(ABORT_TIMEOUT_MILLIS);
                if (!sending.join(ABORT_TIMEOUT_MILLIS) || worker.isAlive()) {
                    LOG.error(
                            "Exporter {} could not end its threads; its last batches stay unsettled",
                            telemetry.component());
                }
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
