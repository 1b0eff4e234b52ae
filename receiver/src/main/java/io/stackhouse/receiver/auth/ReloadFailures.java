package io.stackhouse.receiver.auth;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.LongCounter;
import io.stackhouse.pipeline.Telemetry;

/** Counts changed files of credentials that could not be used. Any thread. */
final class ReloadFailures {
    private final LongCounter failures;
    private final Attributes labels;

    ReloadFailures(Telemetry telemetry) {
        this.labels = telemetry.labelled("extension");
        this.failures = telemetry
                .meter()
                .counterBuilder("otelcol_extension_reload_failures")
                .setUnit("{failures}")
                .setDescription("Changed files of credentials that could not be used")
                .build();
        failures.add(0, labels);
    }

    void count() {
        failures.add(1, labels);
    }
}
