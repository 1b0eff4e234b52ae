package io.stackhouse.receiver.otlp;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.Meter;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.Telemetry;
import java.util.EnumMap;
import java.util.Map;

/** Counts what came in and what became of it, under the Collector's names. Any thread. */
final class ReceiverMetrics {
    /** What became of a request. */
    enum Outcome {
        SUCCESS("success"),
        REFUSED("refused"),
        FAILURE("failure");

        private final String label;

        Outcome(String label) {
            this.label = label;
        }
    }

    private final Map<Signal, LongCounter> accepted = new EnumMap<>(Signal.class);
    private final Map<Signal, LongCounter> refused = new EnumMap<>(Signal.class);
    private final Map<Transport, Attributes> labels = new EnumMap<>(Transport.class);
    private final Map<Transport, Map<Outcome, Attributes>> outcomeLabels = new EnumMap<>(Transport.class);
    private final LongCounter rejectedProfiles;
    private final LongCounter requests;

    ReceiverMetrics(Telemetry telemetry) {
        Meter meter = telemetry.meter();
        accepted.put(Signal.TRACES, counter(meter, "otelcol_receiver_accepted_spans", "{spans}", "Spans accepted"));
        refused.put(
                Signal.TRACES, counter(meter, "otelcol_receiver_refused_spans", "{spans}", "Spans refused for now"));
        accepted.put(
                Signal.PROFILES,
                counter(meter, "otelcol_receiver_accepted_profile_samples", "{samples}", "Profile rows accepted"));
        refused.put(
                Signal.PROFILES,
                counter(
                        meter,
                        "otelcol_receiver_refused_profile_samples",
                        "{samples}",
                        "Profile rows refused for now"));
        rejectedProfiles =
                counter(meter, "otelcol_receiver_rejected_profiles", "{profiles}", "Profiles left out for being wrong");
        requests = counter(meter, "otelcol_receiver_requests", "{requests}", "Requests answered, by outcome");
        for (Transport transport : Transport.values()) {
            Attributes base = telemetry.labelled("receiver").toBuilder()
                    .put(AttributeKey.stringKey("transport"), transport.label())
                    .build();
            labels.put(transport, base);
            Map<Outcome, Attributes> byOutcome = new EnumMap<>(Outcome.class);
            for (Outcome outcome : Outcome.values()) {
                byOutcome.put(
                        outcome,
                        base.toBuilder()
                                .put(AttributeKey.stringKey("outcome"), outcome.label)
                                .build());
            }
            outcomeLabels.put(transport, byOutcome);
        }
    }

    private static LongCounter counter(Meter meter, String name, String unit, String description) {
        return meter.counterBuilder(name)
                .setUnit(unit)
                .setDescription(description)
                .build();
    }

    void accepted(Signal signal, Transport transport, long items) {
        add(accepted, signal, transport, items);
    }

    void refused(Signal signal, Transport transport, long items) {
        add(refused, signal, transport, items);
    }

    void rejectedProfiles(Transport transport, long profiles) {
        if (profiles > 0) {
            rejectedProfiles.add(profiles, of(labels, transport));
        }
    }

    void answered(Transport transport, Outcome outcome) {
        requests.add(1, of(of(outcomeLabels, transport), outcome));
    }

    private void add(Map<Signal, LongCounter> counters, Signal signal, Transport transport, long items) {
        of(counters, signal).add(items, of(labels, transport));
    }

    private static <K, V> V of(Map<K, V> map, K key) {
        V value = map.get(key);
        if (value == null) {
            throw new IllegalStateException("nothing for " + key);
        }
        return value;
    }
}
