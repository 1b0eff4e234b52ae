package io.stackhouse.pipeline;

/**
 * Makes receivers. One receiver serves every pipeline that names it.
 *
 * @param <C> the settings
 */
public interface ReceiverFactory<C extends Record> extends ComponentFactory<C> {
    /**
     * Makes one.
     *
     * @param extensions what {@code auth::authenticator} and the like refer to
     */
    Component create(C config, Inlets next, Extensions extensions, Telemetry telemetry);
}
