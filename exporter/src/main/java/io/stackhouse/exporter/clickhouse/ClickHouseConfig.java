package io.stackhouse.exporter.clickhouse;

import io.stackhouse.exporter.delivery.RetryOnFailure;
import io.stackhouse.pipeline.ByteSize;
import io.stackhouse.pipeline.Secret;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Settings of the ClickHouse exporter. Keys are those of the OpenTelemetry Collector's exporter where it has them.
 *
 * @param endpoint {@code http://host:8123} or {@code https://host:8443}
 * @param username user of the database
 * @param password of the user, empty for none
 * @param database where the tables are
 * @param createSchema whether to create and migrate the tables at start; otherwise they are only checked
 * @param ttl how long samples and spans are kept, 0 for ever; takes effect when a table is created
 * @param tracesTableName the table of spans
 * @param compress how requests are compressed
 * @param timeout how long one insert may take
 * @param startupTimeout how long the start waits for a ClickHouse that does not answer yet
 * @param retryOnFailure when and how often an insert is tried again
 * @param sendingQueue how rows are gathered into blocks
 * @param stackCacheSize how many stacks are known to be stored already, so that they are not sent again
 * @param blockLog where finished blocks are kept until ClickHouse has them
 * @param tierTtl how long is kept what is made of samples
 */
public record ClickHouseConfig(
        String endpoint,
        String username,
        Secret password,
        String database,
        boolean createSchema,
        Duration ttl,
        String tracesTableName,
        Compress compress,
        Duration timeout,
        Duration startupTimeout,
        RetryOnFailure retryOnFailure,
        SendingQueue sendingQueue,
        int stackCacheSize,
        BlockLogConfig blockLog,
        TierTtl tierTtl) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final int MAX_CACHE = 100_000_000;

    public ClickHouseConfig {
        checkEndpoint(endpoint);
        check(!username.isEmpty(), "username must not be empty; ClickHouse's own user is 'default'");
        check(NAME.matcher(database).matches(), "database must be letters, digits and _, not '" + database + "'");
        check(
                NAME.matcher(tracesTableName).matches(),
                "traces_table_name must be letters, digits and _, not '" + tracesTableName + "'");
        checkTtl("ttl", ttl);
        check(isPositive(timeout), "timeout must be more than 0, such as 30s");
        check(!startupTimeout.isNegative(), "startup_timeout must be 0 or more, such as 30s");
        check(
                stackCacheSize >= 1 && stackCacheSize <= MAX_CACHE,
                "stack_cache_size must be 1 to " + MAX_CACHE + ", not " + stackCacheSize);
    }

    /** The defaults of every key. */
    public static ClickHouseConfig defaults() {
        return new ClickHouseConfig(
                "http://127.0.0.1:8123",
                "default",
                new Secret(""),
                "otel",
                true,
                Duration.ofDays(7),
                "otel_traces",
                Compress.LZ4,
                Duration.ofSeconds(30),
                Duration.ofSeconds(30),
                RetryOnFailure.defaults(),
                new SendingQueue(4, new BatchLimits(Duration.ofSeconds(1), 100_000, ByteSize.ofMebibytes(64))),
                1_000_000,
                new BlockLogConfig("", ByteSize.ofMebibytes(4096)),
                new TierTtl(Duration.ofDays(7), Duration.ofDays(90), Duration.ofDays(400)));
    }

    /**
     * How long the tiers are kept, 0 for ever; takes effect when a table is created. Stacks and resources outlive samples and hours.
     *
     * @param traced samples by their trace
     * @param hourly stacks by the hour
     * @param totals services by the minute
     */
    public record TierTtl(Duration traced, Duration hourly, Duration totals) {
        public TierTtl {
            checkTtl("tier_ttl.traced", traced);
            checkTtl("tier_ttl.hourly", hourly);
            checkTtl("tier_ttl.totals", totals);
        }
    }

    /** Compression of requests. */
    public enum Compress {
        LZ4,
        NONE
    }

    /**
     * How rows wait for being sent.
     *
     * @param numConsumers inserts under way at once, at most; there are as many as help
     * @param batch when a block is sent
     */
    public record SendingQueue(int numConsumers, BatchLimits batch) {
        public SendingQueue {
            check(numConsumers >= 1 && numConsumers <= 64, "num_consumers must be 1 to 64, not " + numConsumers);
        }
    }

    /**
     * The log of finished blocks. Without a journal on disk there is none, unless a directory is named.
     *
     * @param directory its folder; empty for one beside the journals
     * @param maxSize on disk, after which batches wait in the journal
     */
    public record BlockLogConfig(String directory, ByteSize maxSize) {
        public BlockLogConfig {
            check(maxSize.bytes() >= 1 << 20, "max_size must be at least 1MiB, not " + maxSize);
        }
    }

    /**
     * A block is sent when it reaches the first of these.
     *
     * @param flushTimeout age of its first row
     * @param maxSize rows
     * @param maxBytes encoded, before compression
     */
    public record BatchLimits(Duration flushTimeout, int maxSize, ByteSize maxBytes) {
        public BatchLimits {
            check(isPositive(flushTimeout), "flush_timeout must be more than 0, such as 1s");
            check(maxSize >= 1 && maxSize <= 1_000_000, "max_size must be 1 to 1000000 rows, not " + maxSize);
            check(
                    maxBytes.bytes() >= 1 << 16 && maxBytes.bytes() <= 1 << 30,
                    "max_bytes must be 64KiB to 1GiB, not " + maxBytes);
        }
    }

    /** The endpoint with its port, without a path. */
    URI address() {
        URI uri = URI.create(endpoint);
        int port = uri.getPort() >= 0 ? uri.getPort() : "https".equals(uri.getScheme()) ? 8443 : 8123;
        return URI.create(uri.getScheme() + "://" + uri.getHost() + ":" + port);
    }

    private static void checkTtl(String key, Duration ttl) {
        check(
                ttl.isZero() || ttl.compareTo(Duration.ofHours(1)) >= 0,
                key + " must be 0 (keep for ever) or at least 1h, not " + ttl);
    }

    private static void checkEndpoint(String endpoint) {
        URI uri;
        try {
            uri = new URI(endpoint);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("endpoint is no URL; write http://host:8123", e);
        }
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        check(
                !scheme.equals("tcp") && !scheme.equals("clickhouse"),
                "endpoint must be ClickHouse's HTTP interface, such as http://" + host(uri)
                        + ":8123; the native protocol (" + scheme + "://) is not spoken");
        check(
                (uri.getScheme() != null
                                && (uri.getScheme().equals("http")
                                        || uri.getScheme().equals("https")))
                        && uri.getHost() != null,
                "endpoint must be http://host:port or https://host:port");
        check(uri.getUserInfo() == null, "endpoint must not hold credentials; use username and password");
        String path = uri.getPath();
        check(
                uri.getQuery() == null && (path == null || path.isEmpty() || path.equals("/")),
                "endpoint must have no path and no parameters; use the exporter's own keys, such as database");
    }

    private static String host(URI uri) {
        return uri.getHost() == null ? "host" : uri.getHost();
    }

    private static boolean isPositive(Duration duration) {
        return !duration.isNegative() && !duration.isZero();
    }

    private static void check(boolean isRight, String problem) {
        if (!isRight) {
            throw new IllegalArgumentException(problem);
        }
    }
}
