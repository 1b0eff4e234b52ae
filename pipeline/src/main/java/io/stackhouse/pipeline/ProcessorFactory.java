package io.stackhouse.pipeline;

/**
 * Makes processors, one for each place in a pipeline.
 *
 * @param <C> the settings
 */
public interface ProcessorFactory<C extends Record> extends ComponentFactory<C> {
    Processor create(C config, Consumer next, Telemetry telemetry);
}
