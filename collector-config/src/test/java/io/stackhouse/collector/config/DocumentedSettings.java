package io.stackhouse.collector.config;

/** The settings of {@code service} as one record, for the test that compares them with the README. */
public final class DocumentedSettings {
    private DocumentedSettings() {}

    record Service(JournalConfig journal, int ringSize, TelemetryConfig telemetry) {}

    public static Record service() {
        ConfigLoader.PipelineDefaults pipeline = ConfigLoader.PipelineDefaults.builtIn();
        return new Service(pipeline.journal(), pipeline.ringSize(), TelemetryConfig.defaults());
    }
}
