package io.stackhouse.exporter.clickhouse;

import com.clickhouse.client.api.Client;
import com.clickhouse.client.api.ClientFaultCause;
import com.clickhouse.client.api.insert.InsertSettings;
import com.clickhouse.client.api.query.GenericRecord;
import com.clickhouse.data.ClickHouseFormat;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the exporter asks of ClickHouse's own client: statements, small queries, inserts of whole blocks.
 *
 * <p>Threads: calls block the caller, for at most the configured timeout; {@link #close} may be called by another thread and
 * makes a call under way fail. Failures are thrown as the client throws them, see {@link InsertFailure#of}.
 */
final class ClickHouseClient implements AutoCloseable {
    private static final int CONNECT_TIMEOUT_SECONDS = 10;
    private static final int KEEP_ALIVE_SECONDS = 3;

    private static final Logger LOG = LoggerFactory.getLogger(ClickHouseClient.class);
    private final Client client;
    private final String database;

    ClickHouseClient(ClickHouseConfig config) {
        long timeoutMillis = Math.max(1, config.timeout().toMillis());
        database = config.database();
        client = new Client.Builder()
                .addEndpoint(config.address().toString())
                .setUsername(config.username())
                .setPassword(config.password().value())
                .setClientName("stackhouse")
                .compressServerResponse(false)
                .compressClientRequest(false)
                .setConnectTimeout(Math.min(timeoutMillis, CONNECT_TIMEOUT_SECONDS * 1000L), ChronoUnit.MILLIS)
                .setSocketTimeout(timeoutMillis, ChronoUnit.MILLIS)
                .setExecutionTimeout(timeoutMillis, ChronoUnit.MILLIS)
                .setKeepAliveTimeout(KEEP_ALIVE_SECONDS, ChronoUnit.SECONDS)
                // A kept connection that the server has closed meanwhile is not worth a back-off; the rest is retried
                // by us.
                .retryOnFailures(ClientFaultCause.NoHttpResponse)
                .setMaxRetries(1)
                .build();
    }

    /** Runs a statement that answers nothing. */
    void execute(String sql) {
        close(await(client.execute(sql)));
    }

    /** All rows of a small answer. */
    List<GenericRecord> query(String sql) {
        return client.queryAll(sql);
    }

    /** Inserts the block. A block that is there already is left alone by the server. */
    void insert(Block block) {
        InsertSettings settings = new InsertSettings()
                .setDeduplicationToken(block.token())
                .serverSetting("async_insert", "0")
                .serverSetting("insert_deduplicate", "1")
                .serverSetting("deduplicate_blocks_in_dependent_materialized_views", "1");
        if (block.compress() == ClickHouseConfig.Compress.LZ4) {
            settings.appCompressedData(true, "lz4");
        }
        String table = "`" + database + "`.`" + block.table() + "`";
        close(await(client.insert(
                table, quoted(block.columns()), out -> out.write(block.bytes()), ClickHouseFormat.Native, settings)));
    }

    @Override
    public void close() {
        client.close();
    }

    /** Gives the connection back; a failure to do so says nothing about the statement, which has been answered. */
    private static void close(AutoCloseable response) {
        try {
            response.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            LOG.debug("Could not close a response of ClickHouse", e);
        }
    }

    private static List<String> quoted(List<String> names) {
        return names.stream().map(name -> "`" + name + "`").toList();
    }

    private static <T> T await(Future<T> future) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CompletionException(e);
        } catch (ExecutionException e) {
            throw new CompletionException(e.getCause());
        }
    }
}
