package io.stackhouse.pipeline;

/**
 * Makes exporters. One exporter serves every pipeline that names it.
 *
 * @param <C> the settings
 */
public interface ExporterFactory<C extends Record> extends ComponentFactory<C> {
    /**
     * Whether what it delivers is worth a disk: a pipeline that ends in it answers clients once their request is synced, unless its
     * settings say otherwise.
     */
    default boolean wantsDurableJournal() {
        return false;
    }

    Exporter create(C config, Telemetry telemetry);
}
