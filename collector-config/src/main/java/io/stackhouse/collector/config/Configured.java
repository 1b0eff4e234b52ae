package io.stackhouse.collector.config;

import io.stackhouse.pipeline.ComponentFactory;
import io.stackhouse.pipeline.ComponentId;

/**
 * One component of a configuration.
 *
 * @param id as the file has it
 * @param factory what makes it
 * @param settings of the class that the factory's default settings have
 */
public record Configured<F extends ComponentFactory<?>>(ComponentId id, F factory, Record settings) {}
