package io.stackhouse.exporter.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stackhouse.exporter.delivery.RetryOnFailure;
import io.stackhouse.pipeline.ByteSize;
import io.stackhouse.pipeline.ExporterFactory;
import io.stackhouse.pipeline.Secret;
import io.stackhouse.pipeline.Signal;
import java.time.Duration;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClickHouseConfigTest {
    private static final ClickHouseConfig DEFAULTS = ClickHouseConfig.defaults();

    private static ClickHouseConfig with(String endpoint, String password, String database, Duration ttl) {
        return new ClickHouseConfig(
                endpoint,
                DEFAULTS.username(),
                new Secret(password),
                database,
                true,
                ttl,
                DEFAULTS.tracesTableName(),
                DEFAULTS.compress(),
                DEFAULTS.timeout(),
                DEFAULTS.startupTimeout(),
                DEFAULTS.retryOnFailure(),
                DEFAULTS.sendingQueue(),
                DEFAULTS.stackCacheSize(),
                DEFAULTS.blockLog(),
                DEFAULTS.tierTtl());
    }

    private static ClickHouseConfig withEndpoint(String endpoint) {
        return with(endpoint, "", "otel", Duration.ofDays(7));
    }

    @Test
    void isFoundAsAnExporterForBothSignals() {
        ExporterFactory<?> found = null;
        for (ExporterFactory<?> factory : ServiceLoader.load(ExporterFactory.class)) {
            found = factory.type().equals("clickhouse") ? factory : found;
        }
        assertThat(found).isNotNull();
        assertThat(found.signals()).containsExactlyInAnyOrder(Signal.PROFILES, Signal.TRACES);
        assertThat(found.defaultConfig()).isEqualTo(DEFAULTS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp://db:9000", "clickhouse://db:9000/otel?x=1"})
    void saysThatTheNativeProtocolIsNotSpoken(String endpoint) {
        assertThatThrownBy(() -> withEndpoint(endpoint))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("HTTP interface")
                .hasMessageContaining("http://db:8123");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "localhost:8123",
                "http://",
                "ftp://db",
                "http://user:secret@db:8123",
                "http://db:8123/otel",
                "http://db:8123?a=b",
                "http://a b"
            })
    void refusesWhatIsNoEndpoint(String endpoint) {
        assertThatThrownBy(() -> withEndpoint(endpoint))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("endpoint ")
                .hasMessageNotContaining("secret");
    }

    @ParameterizedTest
    @CsvSource({
        "http://db, http://db:8123",
        "https://db/, https://db:8443",
        "http://10.0.0.1:18123, http://10.0.0.1:18123",
        "http://[::1]:8123, http://[::1]:8123"
    })
    void knowsTheUsualPorts(String endpoint, String address) {
        assertThat(withEndpoint(endpoint).address()).hasToString(address);
    }

    @Test
    void neverPrintsThePassword() {
        assertThat(with("http://db", "hunter2", "otel", Duration.ZERO).toString())
                .doesNotContain("hunter2")
                .contains("[REDACTED]");
    }

    @Test
    void refusesNamesThatWouldNeedQuoting() {
        assertThatThrownBy(() -> with("http://db", "", "otel; DROP", Duration.ZERO))
                .hasMessageContaining("database must be letters");
    }

    @Test
    void refusesATtlBelowAnHour() {
        assertThatThrownBy(() -> with("http://db", "", "otel", Duration.ofMinutes(59)))
                .hasMessageContaining("ttl must be 0");
        assertThatCode(() -> with("http://db", "", "otel", Duration.ofHours(1))).doesNotThrowAnyException();
    }

    @Test
    void refusesBatchLimitsThatNoBlockCanHave() {
        Duration second = Duration.ofSeconds(1);
        assertThatThrownBy(() -> new ClickHouseConfig.BatchLimits(second, 0, ByteSize.ofMebibytes(1)))
                .hasMessageContaining("max_size");
        assertThatThrownBy(() -> new ClickHouseConfig.BatchLimits(second, 1, ByteSize.ofMebibytes(2048)))
                .hasMessageContaining("max_bytes");
        assertThatThrownBy(() -> new ClickHouseConfig.BatchLimits(Duration.ZERO, 1, ByteSize.ofMebibytes(1)))
                .hasMessageContaining("flush_timeout");
    }

    @Test
    void refusesARetryThatCantGrow() {
        assertThatThrownBy(() ->
                        new RetryOnFailure(true, Duration.ofSeconds(5), 0.5, 1.5, Duration.ofSeconds(1), Duration.ZERO))
                .hasMessageContaining("max_interval");
    }
}
