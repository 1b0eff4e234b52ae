package io.stackhouse.processor.downsample;

import io.stackhouse.pipeline.batch.ProfileHeader.ValueType;

/** Which threshold a profile has. Immutable. */
final class Thresholds {
    /** The sample type's threshold is found for the budget. */
    static final long OF_BUDGET = -1;

    private final DownsampleConfig config;

    Thresholds(DownsampleConfig config) {
        this.config = config;
    }

    /** Whether any sample type may have a threshold. */
    boolean isAnySet() {
        return config.samplesPerSecond() > 0
                || config.threshold() > 0
                || config.thresholds().values().stream().anyMatch(threshold -> threshold > 0);
    }

    /** {@code type/unit} goes before {@code type}, and that before the one for all; {@link #OF_BUDGET} when there is a budget. */
    long of(ValueType type) {
        Long exact = config.thresholds().get(type.type() + "/" + type.unit());
        if (exact != null) {
            return exact;
        }
        Long byType = config.thresholds().get(type.type());
        if (byType != null) {
            return byType;
        }
        return config.samplesPerSecond() > 0 ? OF_BUDGET : config.threshold();
    }
}
