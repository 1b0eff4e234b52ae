package io.stackhouse.processor.attributes;

import io.opentelemetry.proto.trace.v1.Span;
import io.stackhouse.pipeline.Consumer;
import io.stackhouse.pipeline.Processor;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.batch.Batch;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.batch.SpanBatch;
import io.stackhouse.pipeline.batch.SpanBatch.SpanGroup;
import io.stackhouse.processor.items.ItemCounts;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Changes the attributes of spans, and those of samples and profiles.
 *
 * <p>Threads and ownership as {@link Consumer} has them. What is changed is copied: spans as messages, of profiles the columns of
 * attributes; the dictionary gets more rows behind its own.
 */
final class AttributeActions implements Processor {
    private final List<Action> actions;
    private final MapActions spanActions;
    private final @Nullable Selection include;
    private final @Nullable Selection exclude;
    private final SpanAttributes spanAttributes = new SpanAttributes();
    private final Consumer next;
    private final ItemCounts counts;

    AttributeActions(AttributesConfig config, Consumer next, Telemetry telemetry) {
        this.actions = config.actions().stream().map(Action::new).toList();
        this.spanActions = new MapActions(actions);
        this.include = config.include() == null ? null : new Selection(config.include());
        this.exclude = config.exclude() == null ? null : new Selection(config.exclude());
        this.next = next;
        this.counts = new ItemCounts(telemetry);
    }

    @Override
    public void start() {
        // Ready when made.
    }

    @Override
    public void accept(Batch batch) {
        int items = batch.size();
        counts.incoming(items);
        if (batch instanceof ProfileBatch profiles) {
            new ProfileAttributes(profiles, actions, include, exclude).rewrite();
        } else if (batch instanceof SpanBatch spans) {
            rewrite(spans);
        }
        next.accept(batch);
        counts.outgoing(items);
    }

    private void rewrite(SpanBatch batch) {
        List<SpanGroup> groups = new ArrayList<>(batch.groups().size());
        for (SpanGroup group : batch.groups()) {
            groups.add(rewritten(group));
        }
        batch.setGroups(groups);
    }

    private SpanGroup rewritten(SpanGroup group) {
        boolean isIncluded =
                include == null || include.matchesSource(group.resource().attributes(), group.scope());
        if (!isIncluded) {
            return group;
        }
        boolean mayBeExcluded =
                exclude != null && exclude.matchesSource(group.resource().attributes(), group.scope());
        List<Span> spans = new ArrayList<>(group.spans().size());
        for (Span span : group.spans()) {
            spanAttributes.open(span);
            if (isSelected(span, mayBeExcluded)) {
                spanActions.run(spanAttributes);
            }
            spans.add(spanAttributes.result());
        }
        return new SpanGroup(group.resource(), group.scope(), spans);
    }

    private boolean isSelected(Span span, boolean mayBeExcluded) {
        if (include != null && !include.matchesSpan(span, spanAttributes)) {
            return false;
        }
        return exclude == null || !mayBeExcluded || !exclude.matchesSpan(span, spanAttributes);
    }

    @Override
    public void close() {
        // Holds nothing.
    }
}
