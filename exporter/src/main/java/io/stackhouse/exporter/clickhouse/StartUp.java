package io.stackhouse.exporter.clickhouse;

import com.clickhouse.client.api.query.GenericRecord;
import io.stackhouse.exporter.delivery.StopSignal;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Waits until ClickHouse answers, and prepares the schema; says what to do when that fails. One thread, which waits here. */
final class StartUp {
    private static final Logger LOG = LoggerFactory.getLogger(StartUp.class);
    private static final long PAUSE_NANOS = 250_000_000L;

    private final ClickHouseConfig config;
    private final ClickHouseClient client;
    private final String exporter;
    private final StopSignal stop;

    StartUp(ClickHouseConfig config, ClickHouseClient client, String exporter, StopSignal stop) {
        this.config = config;
        this.client = client;
        this.exporter = exporter;
        this.stop = stop;
    }

    void run() {
        String version = awaitVersion();
        try {
            new Schema(client, config).prepare();
            new DeduplicationWindows(client, config).check();
        } catch (RuntimeException e) {
            InsertFailure failure = InsertFailure.of(e);
            throw new IllegalStateException(
                    "exporter " + exporter + " can't prepare database " + config.database() + " at " + config.address()
                            + ": " + failure.message() + advice(failure),
                    e);
        }
        LOG.info(
                "Exporter {} writes to ClickHouse {} at {}, database {}",
                exporter,
                version,
                config.address(),
                config.database());
    }

    private String awaitVersion() {
        long startNanos = System.nanoTime();
        boolean hasWarned = false;
        while (true) {
            try {
                List<GenericRecord> rows = client.query("SELECT version() AS version");
                return rows.get(0).getString("version");
            } catch (RuntimeException e) {
                InsertFailure failure = InsertFailure.of(e);
                boolean isOver = System.nanoTime() - startNanos
                        >= config.startupTimeout().toNanos();
                // A server that answers, be it with an error, is there: only what can't be reached is waited for.
                if (failure.code() != 0 || isOver || !failure.isRetryable()) {
                    throw new IllegalStateException(
                            "exporter " + exporter + " can't use ClickHouse at " + config.address() + ": "
                                    + failure.message() + advice(failure),
                            e);
                }
                if (!hasWarned) {
                    hasWarned = true;
                    LOG.warn(
                            "Exporter {} waits for ClickHouse at {}: {}",
                            exporter,
                            config.address(),
                            failure.message());
                }
            }
            pause();
        }
    }

    private void pause() {
        try {
            stop.pause(PAUSE_NANOS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(
                    "exporter " + exporter + " was interrupted while it waited for ClickHouse", e);
        }
        if (stop.isPast()) {
            throw new IllegalStateException("exporter " + exporter + " was closed while it waited for ClickHouse");
        }
    }

    private String advice(InsertFailure failure) {
        if (failure.isAuthentication()) {
            return "; check username and password";
        } else if (failure.code() == InsertFailure.ACCESS_DENIED) {
            return "; give user '" + config.username()
                    + "' the rights it names, or let an administrator create the tables and set create_schema: false";
        } else if (failure.code() == 0 && failure.isRetryable()) {
            return "; start ClickHouse, or correct endpoint (it must be the HTTP interface)";
        }
        return "";
    }
}
