package io.stackhouse.receiver.auth;

import io.stackhouse.pipeline.Authenticator;
import io.stackhouse.pipeline.AuthenticatorFactory;
import io.stackhouse.pipeline.Stability;
import io.stackhouse.pipeline.Telemetry;

/** Makes {@code basicauth} authenticators. Any thread. */
public final class BasicAuthFactory implements AuthenticatorFactory<BasicAuthConfig> {
    @Override
    public String type() {
        return "basicauth";
    }

    @Override
    public Stability stability() {
        return Stability.DEVELOPMENT;
    }

    @Override
    public BasicAuthConfig defaultConfig() {
        return BasicAuthConfig.defaults();
    }

    @Override
    public void check(BasicAuthConfig config) {
        config.requireUsers();
    }

    @Override
    public Authenticator create(BasicAuthConfig config, Telemetry telemetry) {
        return new BasicAuthenticator(config, telemetry);
    }
}
