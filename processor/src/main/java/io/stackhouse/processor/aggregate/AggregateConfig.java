package io.stackhouse.processor.aggregate;

import io.stackhouse.pipeline.ByteSize;
import java.time.Duration;
import java.util.List;

/**
 * Settings of {@code aggregate}.
 *
 * @param interval length of a window; windows begin at multiples of it since 1970
 * @param grace how long after its end a window waits for what comes late
 * @param dropAttributes keys of sample attributes that are dropped before samples are compared
 * @param keepTimeOfLinked whether samples that have a link and a time are left as they are
 * @param maxRows a window with so many rows is handed on early
 * @param maxBytes a window that takes about so much memory is handed on early
 */
public record AggregateConfig(
        Duration interval,
        Duration grace,
        List<String> dropAttributes,
        boolean keepTimeOfLinked,
        int maxRows,
        ByteSize maxBytes) {
    private static final Duration LONGEST = Duration.ofDays(1);

    public AggregateConfig {
        if (interval.compareTo(Duration.ofMillis(1)) < 0 || interval.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("interval must be from 1ms to 24h; write 10s");
        }
        if (grace.isNegative() || grace.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("grace must be from 0s to 24h; write 15s");
        }
        if (maxRows < 1) {
            throw new IllegalArgumentException("max_rows must be 1 or more, not " + maxRows);
        }
        if (maxBytes.bytes() < 1) {
            throw new IllegalArgumentException("max_bytes must be more than 0; write 64MiB");
        }
        dropAttributes = List.copyOf(dropAttributes);
    }
}
