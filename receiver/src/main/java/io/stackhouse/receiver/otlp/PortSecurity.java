package io.stackhouse.receiver.otlp;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.LongCounter;
import io.stackhouse.pipeline.Authenticator;
import io.stackhouse.pipeline.Extensions;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.receiver.auth.AuthConfig;
import io.stackhouse.receiver.tls.ServerTls;
import io.stackhouse.receiver.tls.TlsConfig;
import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS and authentication of one port, either of them perhaps none. Any thread; {@link #start} and {@link #close} by the
 * receiver's. The authenticator is an extension, started and closed by others.
 */
final class PortSecurity implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PortSecurity.class);
    private static final long LOG_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final CompletableFuture<Void> LET_IN = CompletableFuture.completedFuture(null);

    private final String name;
    private final @Nullable ServerTls tls;
    private final @Nullable Authenticator authenticator;
    private final RateLimit logLimit;
    private final LongCounter unauthenticated;
    private final Attributes labels;

    /**
     * Starts nothing.
     *
     * @param protocols offered by ALPN, the preferred one first
     */
    PortSecurity(
            Transport transport,
            List<String> protocols,
            @Nullable TlsConfig tls,
            @Nullable AuthConfig auth,
            Extensions extensions,
            Telemetry telemetry) {
        this.name = telemetry.component() + " " + transport.label();
        this.logLimit = new RateLimit(telemetry.clock(), LOG_INTERVAL_NANOS);
        this.tls = tls == null
                ? null
                : new ServerTls(tls, transport.label(), protocols, telemetry, this::logHandshakeFailure);
        this.authenticator = auth == null ? null : extensions.authenticator(auth.authenticator());
        this.labels = telemetry.labelled("receiver").toBuilder()
                .put(AttributeKey.stringKey("transport"), transport.label())
                .build();
        this.unauthenticated = telemetry
                .meter()
                .counterBuilder("otelcol_receiver_unauthenticated_requests")
                .setUnit("{requests}")
                .setDescription("Requests refused for their credentials, before anything else was looked at")
                .build();
    }

    /** Neither TLS nor authentication. */
    static PortSecurity none() {
        return new PortSecurity(Transport.HTTP, List.of(), null, null, Extensions.none(), Telemetry.none());
    }

    /** Reads what TLS needs; throws IllegalStateException when that can't be used. */
    void start() {
        ServerTls started = tls;
        if (started != null) {
            started.start();
        }
    }

    @Nullable
    ServerTls tls() {
        return tls;
    }

    boolean asksForCredentials() {
        return authenticator != null;
    }

    /** What other machines can do freely when they reach the port, or empty. */
    String missing() {
        if (tls == null) {
            return authenticator == null ? "TLS and authentication" : "TLS";
        }
        return authenticator == null ? "authentication" : "";
    }

    /** As {@link Authenticator#check}; done at once when nothing is asked for. */
    CompletableFuture<Void> check(List<String> authorization) {
        Authenticator asked = authenticator;
        return asked == null ? LET_IN : asked.check(authorization);
    }

    /** What came of a check that is done; null when the request is let in. */
    @Nullable
    Failure outcome(CompletableFuture<Void> done) {
        try {
            done.join();
            return null;
        } catch (CompletionException e) {
            return failure(e.getCause() == null ? e : e.getCause());
        } catch (CancellationException e) {
            return failure(e);
        }
    }

    private Failure failure(Throwable cause) {
        Failure failure = Failure.of(cause);
        if (failure.kind() == Failure.Kind.UNAUTHENTICATED) {
            unauthenticated.add(1, labels);
        } else if (failure.kind() == Failure.Kind.INTERNAL) {
            LOG.error("{}: credentials couldn't be checked", name, cause);
        }
        return failure;
    }

    private void logHandshakeFailure(SocketAddress peer, Throwable cause) {
        if (logLimit.tryPass()) {
            LOG.warn(
                    "{}: a TLS handshake with {} failed: {} ({} more since the last such line)",
                    name,
                    peer,
                    cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage(),
                    logLimit.takeSuppressed());
        }
    }

    @Override
    public void close() {
        ServerTls started = tls;
        if (started != null) {
            started.close();
        }
    }
}
