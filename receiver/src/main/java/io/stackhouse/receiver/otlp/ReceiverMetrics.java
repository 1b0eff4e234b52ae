package io.stackhouse.receiver.otlp;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.metrics.ObservableLongGauge;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.otlp.ProfileWarnings;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Counts what came in and what became of it, under the Collector's names. Any thread.
 *
 * <p>Of what was decoded, received = accepted + refused + failed: each item is in one of the three once its request has ended.
 */
final class ReceiverMetrics implements AutoCloseable {
    private static final String PREFIX = "otelcol_receiver_";

    /** What became of a request. */
    enum Outcome {
        SUCCESS,
        REFUSED,
        FAILURE
    }

    private final Meter meter;
    private final Attributes component;
    private final Map<Transport, Attributes> labels = new EnumMap<>(Transport.class);
    private final Map<Transport, Map<Outcome, Attributes>> outcomeLabels;
    private final Map<Transport, Map<Failure.Kind, Attributes>> reasonLabels;
    private final Map<Transport, Map<Encoding, Attributes>> encodingLabels;
    private final Map<Signal, LongCounter> accepted;
    private final Map<Signal, LongCounter> refused;
    private final Map<Signal, LongCounter> failed;
    private final Map<Signal, LongCounter> rejected = new EnumMap<>(Signal.class);
    private final Map<Transport, Map<ProfileWarnings.Kind, Attributes>> warningLabels;
    private final LongCounter profileWarnings;
    private final LongCounter requests;
    private final LongCounter refusals;
    private final LongCounter decompressedBytes;
    private final List<ObservableLongGauge> gauges = new ArrayList<>();

    ReceiverMetrics(Telemetry telemetry) {
        meter = telemetry.meter();
        component = telemetry.labelled("receiver");
        for (Transport transport : Transport.values()) {
            labels.put(transport, with(component, "transport", transport.label()));
        }
        outcomeLabels = labels("outcome", Outcome.class, outcome -> lower(outcome));
        reasonLabels = labels("reason", Failure.Kind.class, Failure.Kind::label);
        encodingLabels = labels("encoding", Encoding.class, Encoding::label);
        warningLabels = labels("kind", ProfileWarnings.Kind.class, ProfileWarnings.Kind::label);
        accepted = perSignal("accepted", "accepted");
        refused = perSignal("refused", "refused for now");
        failed = perSignal("failed", "lost to a fault of the collector");
        rejected.put(Signal.TRACES, counter("rejected_spans", "{spans}", "Spans left out for being wrong"));
        rejected.put(Signal.PROFILES, counter("rejected_profiles", "{profiles}", "Profiles left out for being wrong"));
        profileWarnings = counter("profile_warnings", "{warnings}", "Oddities in profiles that were taken");
        requests = counter("requests", "{requests}", "Requests answered, by outcome");
        refusals = counter("refusals", "{requests}", "Requests that were not taken, by reason");
        decompressedBytes = counter("decompressed_bytes", "By", "Bytes that came out of compressed bodies");
    }

    private Map<Signal, LongCounter> perSignal(String what, String description) {
        Map<Signal, LongCounter> counters = new EnumMap<>(Signal.class);
        counters.put(Signal.TRACES, counter(what + "_spans", "{spans}", "Spans " + description));
        counters.put(Signal.PROFILES, counter(what + "_profile_samples", "{samples}", "Profile rows " + description));
        return counters;
    }

    private LongCounter counter(String name, String unit, String description) {
        return meter.counterBuilder(PREFIX + name)
                .setUnit(unit)
                .setDescription(description)
                .build();
    }

    private <E extends Enum<E>> Map<Transport, Map<E, Attributes>> labels(
            String key, Class<E> type, Function<E, String> label) {
        Map<Transport, Map<E, Attributes>> all = new EnumMap<>(Transport.class);
        for (Transport transport : Transport.values()) {
            Map<E, Attributes> byValue = new EnumMap<>(type);
            for (E value : type.getEnumConstants()) {
                byValue.put(value, with(of(labels, transport), key, label.apply(value)));
            }
            all.put(transport, byValue);
        }
        return all;
    }

    /** Reports what is in flight until {@link #close}. */
    void watch(Intake intake) {
        gauge("bytes_in_flight", "By", "Memory charged for requests in flight", intake.budget()::usedBytes);
        gauge("bytes_limit", "By", "Memory that requests in flight may take", intake.budget()::maxBytes);
        gauge("requests_in_flight", "{requests}", "Requests admitted and not ended", intake::requestsInFlight);
        gauge("requests_limit", "{requests}", "Requests that may be in flight", intake::maxRequestsInFlight);
    }

    private void gauge(String name, String unit, String description, LongSupplier value) {
        gauges.add(meter.gaugeBuilder(PREFIX + name)
                .ofLongs()
                .setUnit(unit)
                .setDescription(description)
                .buildWithCallback(measurement -> measurement.record(value.getAsLong(), component)));
    }

    void accepted(Signal signal, Transport transport, long items) {
        add(accepted, signal, transport, items);
    }

    void refused(Signal signal, Transport transport, long items) {
        add(refused, signal, transport, items);
    }

    void failed(Signal signal, Transport transport, long items) {
        add(failed, signal, transport, items);
    }

    private void add(Map<Signal, LongCounter> counters, Signal signal, Transport transport, long items) {
        of(counters, signal).add(items, of(labels, transport));
    }

    /** Profiles or spans that were left out of a request whose rest was taken. */
    void rejected(Signal signal, Transport transport, long count) {
        if (count > 0) {
            add(rejected, signal, transport, count);
        }
    }

    /** What was odd in profiles that were taken all the same. */
    void warned(Transport transport, ProfileWarnings warnings) {
        if (warnings.isEmpty()) {
            return;
        }
        for (ProfileWarnings.Kind kind : ProfileWarnings.Kind.values()) {
            long count = warnings.count(kind);
            if (count > 0) {
                profileWarnings.add(count, of(of(warningLabels, transport), kind));
            }
        }
    }

    void answered(Transport transport, Outcome outcome) {
        requests.add(1, of(of(outcomeLabels, transport), outcome));
    }

    /** Why a request wasn't taken, beside {@link #answered}. */
    void refusal(Transport transport, Failure.Kind reason) {
        refusals.add(1, of(of(reasonLabels, transport), reason));
    }

    void decompressed(Transport transport, Encoding encoding, long bytes) {
        decompressedBytes.add(bytes, of(of(encodingLabels, transport), encoding));
    }

    @Override
    public void close() {
        gauges.forEach(ObservableLongGauge::close);
        gauges.clear();
    }

    private static Attributes with(Attributes base, String key, String value) {
        return base.toBuilder().put(AttributeKey.stringKey(key), value).build();
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static <K, V> V of(Map<K, V> map, K key) {
        V value = map.get(key);
        if (value == null) {
            throw new IllegalStateException("nothing for " + key);
        }
        return value;
    }
}
