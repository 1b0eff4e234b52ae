package io.stackhouse.pipeline;

/**
 * Makes receivers. One receiver serves every pipeline that names it.
 *
 * @param <C> the settings
 */
public interface ReceiverFactory<C extends Record> extends ComponentFactory<C> {
    Component create(C config, Inlets next, Telemetry telemetry);
}
