package io.stackhouse.receiver.otlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stackhouse.pipeline.Authenticator;
import io.stackhouse.pipeline.AuthenticatorId;
import io.stackhouse.pipeline.ComponentId;
import io.stackhouse.pipeline.Extensions;
import io.stackhouse.pipeline.RefusedException;
import io.stackhouse.pipeline.Secret;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.UnauthenticatedException;
import io.stackhouse.receiver.auth.AuthConfig;
import io.stackhouse.receiver.auth.BearerTokenConfig;
import io.stackhouse.receiver.auth.BearerTokenFactory;
import io.stackhouse.receiver.tls.TlsConfig;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PortSecurityTest {
    private static final TlsConfig TLS =
            new TlsConfig("server.crt", "server.key", null, "1.2", List.of(), Duration.ofSeconds(10));
    private static final AuthConfig AUTH = new AuthConfig(AuthenticatorId.parse("auth"));

    private static PortSecurity security(@Nullable TlsConfig tls, @Nullable AuthConfig auth) {
        BearerTokenConfig config =
                new BearerTokenConfig("Bearer", new Secret("t"), List.of(), null, Duration.ofSeconds(10));
        Authenticator authenticator = new BearerTokenFactory().create(config, Telemetry.none());
        Extensions extensions = new Extensions(Map.of(ComponentId.parse("auth"), authenticator));
        return new PortSecurity(Transport.GRPC, List.of("h2"), tls, auth, extensions, Telemetry.none());
    }

    @Test
    void saysWhatAPortIsMissing() {
        assertThat(security(null, null).missing()).isEqualTo("TLS and authentication");
        assertThat(security(TLS, null).missing()).isEqualTo("authentication");
        assertThat(security(null, AUTH).missing()).isEqualTo("TLS");
        assertThat(security(TLS, AUTH).missing()).isEmpty();
    }

    @Test
    void whateverKeepsACheckFromSayingYesKeepsTheRequestOut() {
        PortSecurity security = security(null, AUTH);
        assertThat(security.outcome(security.check(List.of("Bearer t")))).isNull();
        assertThat(security.outcome(security.check(List.of())).kind()).isEqualTo(Failure.Kind.UNAUTHENTICATED);
        assertThat(kind(new UnauthenticatedException("who?", "Bearer"))).isEqualTo(Failure.Kind.UNAUTHENTICATED);
        assertThat(kind(new RefusedException("later", 1))).isEqualTo(Failure.Kind.NOT_NOW);
        assertThat(kind(new IllegalStateException("broken"))).isEqualTo(Failure.Kind.INTERNAL);
        CompletableFuture<Void> cancelled = new CompletableFuture<>();
        cancelled.cancel(false);
        assertThat(security.outcome(cancelled).kind()).isEqualTo(Failure.Kind.INTERNAL);
    }

    private static Failure.Kind kind(Throwable thrown) {
        return security(null, AUTH)
                .outcome(CompletableFuture.failedFuture(thrown))
                .kind();
    }

    @Test
    void anAuthenticatorThatIsNotThereIsNotTakenForNone() {
        assertThatThrownBy(() -> new PortSecurity(
                        Transport.GRPC, List.of("h2"), null, AUTH, Extensions.none(), Telemetry.none()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("'auth' is no authenticator");
    }
}
