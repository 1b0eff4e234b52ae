package io.stackhouse.processor.downsample;

import io.stackhouse.pipeline.batch.ProfileHeader.ValueType;

/** Which threshold a profile has. Immutable. */
final class Thresholds {
    private final DownsampleConfig config;

    Thresholds(DownsampleConfig config) {
        this.config = config;
    }

    /** {@code type/unit} goes before {@code type}, and that before the one for all. */
    long of(ValueType type) {
        Long exact = config.thresholds().get(type.type() + "/" + type.unit());
        if (exact != null) {
            return exact;
        }
        Long byType = config.thresholds().get(type.type());
        return byType == null ? config.threshold() : byType;
    }
}
