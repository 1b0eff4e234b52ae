package io.stackhouse.processor.downsample;

import java.util.Map;

/**
 * Settings of {@code downsample}.
 *
 * @param threshold rows at or above it are always kept, a smaller row with the probability value/threshold; in the unit of the
 *     values; 0 keeps everything
 * @param thresholds the same for single sample types, by {@code type} or {@code type/unit} such as {@code cpu/nanoseconds}
 * @param seed decides with the rows' content which are kept
 */
public record DownsampleConfig(long threshold, Map<String, Long> thresholds, long seed) {
    public DownsampleConfig {
        if (threshold < 0) {
            throw new IllegalArgumentException("threshold must be 0 or more, not " + threshold);
        }
        for (Map.Entry<String, Long> entry : thresholds.entrySet()) {
            if (entry.getValue() < 0) {
                throw new IllegalArgumentException(
                        "thresholds of " + entry.getKey() + " must be 0 or more, not " + entry.getValue());
            }
        }
        thresholds = Map.copyOf(thresholds);
    }
}
