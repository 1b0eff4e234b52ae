package io.stackhouse.collector.config;

import java.time.Duration;

/** The settings of {@code service} as one record, for the test that compares them with the README. */
public final class DocumentedSettings {
    private DocumentedSettings() {}

    record Service(JournalConfig journal, int ringSize, Duration reloadInterval, TelemetryConfig telemetry) {}

    public static Record service() {
        ConfigLoader.ServiceSettings settings = ConfigLoader.ServiceSettings.builtIn();
        return new Service(
                settings.journal(), settings.ringSize(), settings.reloadInterval(), TelemetryConfig.defaults());
    }
}
