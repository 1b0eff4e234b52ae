package io.stackhouse.pipeline;

/**
 * Makes exporters. One exporter serves every pipeline that names it.
 *
 * @param <C> the settings
 */
public interface ExporterFactory<C extends Record> extends ComponentFactory<C> {
    Exporter create(C config, Telemetry telemetry);
}
