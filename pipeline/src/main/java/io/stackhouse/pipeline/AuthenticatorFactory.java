package io.stackhouse.pipeline;

/**
 * Makes authenticators: only what comes from here can be named by {@code auth::authenticator}.
 *
 * @param <C> the settings
 */
public interface AuthenticatorFactory<C extends Record> extends ExtensionFactory<C> {
    @Override
    Authenticator create(C config, Telemetry telemetry);
}
