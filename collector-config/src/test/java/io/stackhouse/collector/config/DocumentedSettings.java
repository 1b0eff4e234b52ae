package io.stackhouse.collector.config;

import io.stackhouse.pipeline.ring.RingSettings.StageThreads;
import io.stackhouse.pipeline.ring.WaitStrategyName;
import java.time.Duration;

/** The settings of {@code service} as one record, for the test that compares them with the README. */
public final class DocumentedSettings {
    private DocumentedSettings() {}

    record Service(
            JournalConfig journal,
            int ringSize,
            int lanes,
            StageThreads stageThreads,
            WaitStrategyName waitStrategy,
            Duration reloadInterval,
            TelemetryConfig telemetry) {}

    public static Record service() {
        ConfigLoader.ServiceSettings settings = ConfigLoader.ServiceSettings.builtIn();
        return new Service(
                settings.journal(),
                settings.ringSize(),
                settings.lanes(),
                settings.stageThreads(),
                settings.waitStrategy(),
                settings.reloadInterval(),
                TelemetryConfig.defaults());
    }
}
