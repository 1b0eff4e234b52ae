package io.stackhouse.pipeline;

import java.util.List;

/**
 * Makes processors, one for each place in a pipeline.
 *
 * @param <C> the settings
 */
public interface ProcessorFactory<C extends Record> extends ComponentFactory<C> {
    Processor create(C config, Consumer next, Telemetry telemetry);

    /**
     * Makes those of one place in a pipeline with several lanes, one for each, which run at the same time; data of one resource always come to
     * the same one. Overridden where they share something, such as a budget.
     *
     * @param nexts what each hands on to, one or more
     */
    default List<Processor> createLanes(C config, List<Consumer> nexts, Telemetry telemetry) {
        return nexts.stream().map(next -> create(config, next, telemetry)).toList();
    }
}
