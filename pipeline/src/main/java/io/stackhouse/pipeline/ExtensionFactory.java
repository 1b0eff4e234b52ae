package io.stackhouse.pipeline;

import java.util.Set;

/**
 * Makes extensions. One extension serves every component that names it.
 *
 * @param <C> the settings
 */
public interface ExtensionFactory<C extends Record> extends ComponentFactory<C> {
    Extension create(C config, Telemetry telemetry);

    /** None: extensions are in no pipeline. */
    @Override
    default Set<Signal> signals() {
        return Set.of();
    }
}
