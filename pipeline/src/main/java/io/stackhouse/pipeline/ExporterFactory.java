package io.stackhouse.pipeline;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

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

    /**
     * As {@link #create(Record, Telemetry)}, for an exporter that keeps something on disk.
     *
     * @param folder a place of its own beside the journals, absent at first; null when its pipelines keep nothing on disk. After a reload
     *     the exporter before may have it for a while
     */
    default Exporter create(C config, Telemetry telemetry, @Nullable Path folder) {
        return create(config, telemetry);
    }

    /**
     * The statements that make what it writes to, in their order and without an end mark, for those who run such statements themselves; empty
     * when it writes to nothing that must be made.
     */
    default List<String> schema(C config) {
        return List.of();
    }
}
