package io.stackhouse.processor.filter;

import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.proto.trace.v1.Span;
import io.stackhouse.pipeline.Consumer;
import io.stackhouse.pipeline.Processor;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.batch.Batch;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.batch.SpanBatch;
import io.stackhouse.pipeline.batch.SpanBatch.SpanGroup;
import io.stackhouse.processor.filter.FilterConfig.ErrorMode;
import io.stackhouse.processor.items.ItemCounts;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drops spans, profiles and samples for which a condition holds. Conditions on resource, scope or profile alone are decided once
 * per profile or group of spans, the others per sample or span, without allocation.
 *
 * <p>Threads and ownership as {@link Consumer} has them. What stays is copied when something is dropped. A batch of which nothing
 * stays isn't handed on: it is settled here, as delivered, since nothing of it was to be kept.
 */
final class Filter implements Processor {
    private static final Logger LOG = LoggerFactory.getLogger(Filter.class);
    private static final long LOG_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final List<Condition> spanConditions;
    private final List<Condition> groupConditions;
    private final List<Condition> sampleConditions;
    private final List<Condition> profileConditions;
    private final ErrorMode errorMode;
    private final Cursor cursor = new Cursor();
    private final Consumer next;
    private final ItemCounts counts;
    private final LongCounter errors;
    private final Telemetry telemetry;
    private long nextLogNanos;
    private long unloggedErrors;

    Filter(FilterConfig config, Consumer next, Telemetry telemetry) {
        List<Condition> ofTraces = Conditions.of(config, Signal.TRACES);
        List<Condition> ofProfiles = Conditions.of(config, Signal.PROFILES);
        this.spanConditions = ofItems(ofTraces, true);
        this.groupConditions = ofItems(ofTraces, false);
        this.sampleConditions = ofItems(ofProfiles, true);
        this.profileConditions = ofItems(ofProfiles, false);
        this.errorMode = config.errorMode();
        this.next = next;
        this.counts = new ItemCounts(telemetry);
        this.telemetry = telemetry;
        this.errors = telemetry
                .meter()
                .counterBuilder("stackhouse_processor_filter_errors")
                .setUnit("{errors}")
                .setDescription("Conditions that could not be decided for an item")
                .build();
        this.nextLogNanos = telemetry.clock().nanos();
    }

    private static List<Condition> ofItems(List<Condition> conditions, boolean isWanted) {
        return conditions.stream()
                .filter(condition -> ((condition.uses() & Operand.ITEM) != 0) == isWanted)
                .toList();
    }

    @Override
    public void start() {
        // Ready when made.
    }

    @Override
    public void accept(Batch batch) {
        counts.incoming(batch.size());
        boolean isEmpty;
        try {
            isEmpty = batch instanceof ProfileBatch profiles ? filter(profiles) : filter((SpanBatch) batch);
        } finally {
            cursor.close();
        }
        if (isEmpty) {
            batch.receipt().delivered();
            return;
        }
        int items = batch.size();
        next.accept(batch);
        counts.outgoing(items);
    }

    /** Says whether nothing stays of what was there. */
    private boolean filter(SpanBatch batch) {
        if (spanConditions.isEmpty() && groupConditions.isEmpty()) {
            return false;
        }
        List<SpanGroup> kept = new ArrayList<>(batch.groups().size());
        for (SpanGroup group : batch.groups()) {
            cursor.resource = group.resource();
            cursor.scope = group.scope();
            if (!holdsAny(groupConditions)) {
                List<Span> spans = keptSpans(group);
                if (!spans.isEmpty() || group.spans().isEmpty()) {
                    kept.add(new SpanGroup(group.resource(), group.scope(), spans));
                }
            }
        }
        boolean isEmpty = kept.isEmpty() && !batch.groups().isEmpty();
        batch.setGroups(kept);
        return isEmpty;
    }

    /** The list itself when all of it stays. */
    private List<Span> keptSpans(SpanGroup group) {
        if (spanConditions.isEmpty()) {
            return group.spans();
        }
        List<Span> kept = new ArrayList<>(group.spans().size());
        for (Span span : group.spans()) {
            cursor.span = span;
            if (!holdsAny(spanConditions)) {
                kept.add(span);
            }
        }
        return kept.size() == group.spans().size() ? group.spans() : kept;
    }

    /** Says whether nothing stays of what was there. */
    private boolean filter(ProfileBatch batch) {
        int profiles = batch.profileCount();
        if ((sampleConditions.isEmpty() && profileConditions.isEmpty()) || profiles == 0) {
            return false;
        }
        cursor.open(batch);
        BitSet keptProfiles = new BitSet(profiles);
        for (int i = 0; i < profiles; i++) {
            cursor.open(batch.profile(i));
            keptProfiles.set(i, !holdsAny(profileConditions));
        }
        BitSet keptSamples = keptSamples(batch, keptProfiles);
        dropEmptied(batch, keptProfiles, keptSamples);
        boolean isAnyDropped = keptProfiles.cardinality() < profiles || keptSamples.cardinality() < batch.sampleCount();
        if (isAnyDropped) {
            batch.retain(keptProfiles, keptSamples);
        }
        // Totals of what was sampled before must arrive, whatever became of the samples.
        return keptProfiles.isEmpty() && batch.totals().isEmpty();
    }

    private BitSet keptSamples(ProfileBatch batch, BitSet keptProfiles) {
        int samples = batch.sampleCount();
        BitSet kept = new BitSet(samples);
        int opened = -1;
        for (int sample = 0; sample < samples; sample++) {
            int profile = batch.sampleProfile(sample);
            if (!keptProfiles.get(profile)) {
                continue;
            }
            if (profile != opened && !sampleConditions.isEmpty()) {
                cursor.open(batch.profile(profile));
                opened = profile;
            }
            cursor.sample = sample;
            if (!holdsAny(sampleConditions)) {
                kept.set(sample);
            }
        }
        return kept;
    }

    /** A profile that had samples and lost all of them goes too. */
    private static void dropEmptied(ProfileBatch batch, BitSet keptProfiles, BitSet keptSamples) {
        int profiles = batch.profileCount();
        BitSet hadSamples = new BitSet(profiles);
        BitSet hasSamples = new BitSet(profiles);
        for (int sample = 0; sample < batch.sampleCount(); sample++) {
            int profile = batch.sampleProfile(sample);
            hadSamples.set(profile);
            if (keptSamples.get(sample)) {
                hasSamples.set(profile);
            }
        }
        hadSamples.andNot(hasSamples);
        keptProfiles.andNot(hadSamples);
    }

    private boolean holdsAny(List<Condition> conditions) {
        for (int i = 0; i < conditions.size(); i++) {
            if (holds(conditions.get(i))) {
                return true;
            }
        }
        return false;
    }

    private boolean holds(Condition condition) {
        try {
            return condition.holds(cursor);
        } catch (EvaluationException e) {
            errors.add(1, telemetry.labelled("processor"));
            if (errorMode == ErrorMode.PROPAGATE) {
                throw new IllegalStateException(
                        "a condition of " + telemetry.component() + " can't be decided: " + e.getMessage()
                                + "; error_mode: ignore would go on",
                        e);
            }
            if (errorMode == ErrorMode.IGNORE) {
                log(e);
            }
            return false;
        }
    }

    private void log(EvaluationException e) {
        unloggedErrors++;
        long now = telemetry.clock().nanos();
        if (now - nextLogNanos >= 0) {
            LOG.warn(
                    "A condition of {} could not be decided for {} items, the last because {}",
                    telemetry.component(),
                    unloggedErrors,
                    e.getMessage());
            unloggedErrors = 0;
            nextLogNanos = now + LOG_INTERVAL_NANOS;
        }
    }

    @Override
    public void close() {
        // Holds nothing.
    }
}
