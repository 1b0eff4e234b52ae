package io.stackhouse.processor.downsample;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.LongGauge;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.batch.ProfileHeader.ValueType;
import io.stackhouse.processor.items.ItemCounts;
import java.util.Locale;
import java.util.Map;

/** What a {@code downsample} processor counts. The lane's thread. */
final class DownsampleMetrics {
    private static final AttributeKey<String> REASON = AttributeKey.stringKey("reason");
    private static final AttributeKey<String> TYPE = AttributeKey.stringKey("type");
    private static final AttributeKey<String> UNIT = AttributeKey.stringKey("unit");

    private final Telemetry telemetry;
    private final Attributes label;
    private final Attributes[] reasonLabels = new Attributes[Reason.values().length];
    private final ItemCounts items;
    private final LongCounter kept;
    private final LongCounter firstSeenOverflow;
    private final LongCounter heldEarly;
    private final LongCounter forgottenTraces;
    private final LongGauge threshold;

    DownsampleMetrics(Telemetry telemetry) {
        this.telemetry = telemetry;
        this.label = telemetry.labelled("processor");
        for (Reason reason : Reason.values()) {
            reasonLabels[reason.code()] = label.toBuilder()
                    .put(REASON, reason.name().toLowerCase(Locale.ROOT))
                    .build();
        }
        this.items = new ItemCounts(telemetry);
        this.kept = counter("stackhouse_downsample_kept_items", "{items}", "Rows that were kept, by reason");
        this.firstSeenOverflow = counter(
                "stackhouse_downsample_first_seen_overflow",
                "{items}",
                "Rows of stacks seen for the first time that were sampled like others, since too many were kept for it");
        this.heldEarly = counter(
                "stackhouse_downsample_held_overflow",
                "{items}",
                "Rows that did not wait for their trace for as long as they should, since too many waited");
        this.forgottenTraces = counter(
                "stackhouse_downsample_forgotten_traces",
                "{trace}",
                "Failed or slow traces that were forgotten before their time, since there were too many");
        this.threshold = telemetry
                .meter()
                .gaugeBuilder("stackhouse_downsample_threshold")
                .ofLongs()
                .setDescription("The largest threshold found for a budget, in the unit of the values")
                .build();
    }

    private LongCounter counter(String name, String unit, String description) {
        return telemetry
                .meter()
                .counterBuilder(name)
                .setUnit(unit)
                .setDescription(description)
                .build();
    }

    void incoming(int rowsOrSpans) {
        items.incoming(rowsOrSpans);
    }

    void outgoing(int rowsOrSpans) {
        items.outgoing(rowsOrSpans);
    }

    /** Adds counts by the code of their reason, and sets them to 0. */
    void kept(long[] byReason) {
        for (int i = 0; i < byReason.length; i++) {
            if (byReason[i] > 0) {
                kept.add(byReason[i], reasonLabels[i]);
                byReason[i] = 0;
            }
        }
    }

    void firstSeenOverflow(long rows) {
        if (rows > 0) {
            firstSeenOverflow.add(rows, label);
        }
    }

    void heldEarly(long rows) {
        heldEarly.add(rows, label);
    }

    void forgottenTraces(long traces) {
        if (traces > 0) {
            forgottenTraces.add(traces, label);
        }
    }

    void thresholds(Map<ValueType, Long> byType) {
        byType.forEach((type, value) -> threshold.set(
                value,
                label.toBuilder().put(TYPE, type.type()).put(UNIT, type.unit()).build()));
    }
}
