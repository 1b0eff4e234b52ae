package io.stackhouse.exporter.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;

import io.stackhouse.clickhouse.embedded.EmbeddedClickHouse;
import io.stackhouse.exporter.delivery.RetryOnFailure;
import io.stackhouse.pipeline.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** A real ClickHouse for a test class, and plain HTTP to ask it with, so that what the exporter did is seen by other eyes. */
final class TestClickHouse implements AutoCloseable {
    final EmbeddedClickHouse server;
    private final HttpClient http = HttpClient.newHttpClient();

    TestClickHouse(Path data) {
        server = EmbeddedClickHouse.start(data);
    }

    /** The answer as lines, each with tab-separated values. */
    List<String> lines(String sql) {
        return lines("/", sql, Duration.ofSeconds(30));
    }

    /** The answer as a table in Markdown. */
    List<String> markdown(String database, String sql) {
        return lines("/?default_format=Markdown&database=" + database, sql, Duration.ofSeconds(30));
    }

    /** The same of what takes its time. */
    List<String> slowLines(String sql) {
        return lines("/", sql, Duration.ofMinutes(15));
    }

    private List<String> lines(String path, String sql, Duration timeout) {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create(server.endpoint() + path))
                    .timeout(timeout)
                    .POST(HttpRequest.BodyPublishers.ofString(sql))
                    .build();
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            return response.body().isEmpty()
                    ? List.of()
                    : Arrays.asList(response.body().split("\n"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    String value(String sql) {
        return String.join("\n", lines(sql));
    }

    /** Settings for this server: quick to send, quick to retry. */
    ClickHouseConfig config(String database) {
        return config(database, Duration.ofSeconds(10));
    }

    ClickHouseConfig config(String database, Duration timeout) {
        ClickHouseConfig defaults = ClickHouseConfig.defaults();
        return config(database, timeout, defaults.ttl(), defaults.tierTtl());
    }

    /** The same for data of long ago. */
    ClickHouseConfig keepingConfig(String database) {
        return config(
                database,
                Duration.ofSeconds(10),
                Duration.ZERO,
                new ClickHouseConfig.TierTtl(Duration.ZERO, Duration.ZERO, Duration.ZERO));
    }

    private ClickHouseConfig config(String database, Duration timeout, Duration ttl, ClickHouseConfig.TierTtl tierTtl) {
        ClickHouseConfig defaults = ClickHouseConfig.defaults();
        ClickHouseConfig.BatchLimits limits = defaults.sendingQueue().batch();
        return new ClickHouseConfig(
                server.endpoint().toString(),
                defaults.username(),
                defaults.password(),
                database,
                true,
                ttl,
                defaults.tracesTableName(),
                defaults.compress(),
                timeout,
                Duration.ofSeconds(10),
                new RetryOnFailure(true, Duration.ofMillis(50), 0.5, 1.5, Duration.ofMillis(500), Duration.ZERO),
                new ClickHouseConfig.SendingQueue(
                        4,
                        new ClickHouseConfig.BatchLimits(Duration.ofMillis(20), limits.maxSize(), limits.maxBytes())),
                defaults.stackCacheSize(),
                defaults.blockLog(),
                tierTtl);
    }

    @Override
    public void close() {
        server.close();
    }

    /** The configuration with another server, password, and right to create, and half a second of patience at its start. */
    static ClickHouseConfig with(ClickHouseConfig config, String endpoint, String password, boolean createSchema) {
        return new ClickHouseConfig(
                endpoint,
                config.username(),
                new Secret(password),
                config.database(),
                createSchema,
                config.ttl(),
                config.tracesTableName(),
                config.compress(),
                config.timeout(),
                Duration.ofMillis(500),
                config.retryOnFailure(),
                config.sendingQueue(),
                config.stackCacheSize(),
                config.blockLog(),
                config.tierTtl());
    }
}
