package io.stackhouse.receiver.tls;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.ObservableLongGauge;
import io.stackhouse.pipeline.Clock;
import io.stackhouse.pipeline.Telemetry;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What a port's TLS tells of itself. Any thread. */
final class TlsMetrics implements AutoCloseable {
    private final Telemetry telemetry;
    private final Attributes labels;
    private final LongCounter reloadFailures;
    private final LongCounter handshakeFailures;
    private @Nullable ObservableLongGauge expiry;

    TlsMetrics(Telemetry telemetry, String transport) {
        this.telemetry = telemetry;
        this.labels = telemetry.labelled("receiver").toBuilder()
                .put(AttributeKey.stringKey("transport"), transport)
                .build();
        this.reloadFailures = telemetry
                .meter()
                .counterBuilder("otelcol_receiver_tls_reload_failures")
                .setUnit("{failures}")
                .setDescription("Changed certificate files that could not be used")
                .build();
        this.handshakeFailures = telemetry
                .meter()
                .counterBuilder("otelcol_receiver_tls_handshake_failures")
                .setUnit("{handshakes}")
                .setDescription("TLS handshakes that failed")
                .build();
        // So that they are there from the start.
        reloadFailures.add(0, labels);
        handshakeFailures.add(0, labels);
    }

    void reloadFailed() {
        reloadFailures.add(1, labels);
    }

    void handshakeFailed() {
        handshakeFailures.add(1, labels);
    }

    void observeExpiry(LongSupplier expiresUnixSeconds, Clock clock) {
        expiry = telemetry
                .meter()
                .gaugeBuilder("otelcol_receiver_tls_certificate_expiry_seconds")
                .ofLongs()
                .setUnit("s")
                .setDescription("Until the certificate in use expires; negative after that")
                .buildWithCallback(measurement -> measurement.record(
                        expiresUnixSeconds.getAsLong() - TimeUnit.NANOSECONDS.toSeconds(clock.unixNanos()), labels));
    }

    @Override
    public void close() {
        ObservableLongGauge gauge = expiry;
        expiry = null;
        if (gauge != null) {
            gauge.close();
        }
    }
}
