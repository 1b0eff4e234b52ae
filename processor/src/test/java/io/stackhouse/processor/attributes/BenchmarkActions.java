package io.stackhouse.processor.attributes;

import io.stackhouse.pipeline.Consumer;
import io.stackhouse.pipeline.Processor;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.batch.AttributeValue;
import java.util.List;

/** {@code attributes} and {@code resource} processors that set one attribute. */
public final class BenchmarkActions {
    private static final List<ActionConfig> ACTIONS = List.of(new ActionConfig(
            "deployment.environment.name",
            ActionConfig.Kind.UPSERT,
            AttributeValue.of("production"),
            null,
            null,
            null,
            null,
            null));

    private BenchmarkActions() {}

    public static Processor attributes(Consumer next) {
        return new AttributesFactory().create(new AttributesConfig(ACTIONS, null, null), next, Telemetry.none());
    }

    public static Processor resource(Consumer next) {
        return new ResourceFactory().create(new ResourceConfig(ACTIONS), next, Telemetry.none());
    }
}
