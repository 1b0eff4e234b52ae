package io.stackhouse.receiver.auth;

import io.stackhouse.pipeline.Authenticator;
import io.stackhouse.pipeline.AuthenticatorFactory;
import io.stackhouse.pipeline.Stability;
import io.stackhouse.pipeline.Telemetry;
import java.time.Duration;
import java.util.List;

/** Makes {@code bearertokenauth} authenticators. Any thread. */
public final class BearerTokenFactory implements AuthenticatorFactory<BearerTokenConfig> {
    @Override
    public String type() {
        return "bearertokenauth";
    }

    @Override
    public Stability stability() {
        return Stability.DEVELOPMENT;
    }

    @Override
    public BearerTokenConfig defaultConfig() {
        return new BearerTokenConfig("Bearer", null, List.of(), null, Duration.ofSeconds(10));
    }

    @Override
    public void check(BearerTokenConfig config) {
        config.requireOne();
    }

    @Override
    public Authenticator create(BearerTokenConfig config, Telemetry telemetry) {
        return new BearerTokenAuthenticator(config, telemetry);
    }
}
