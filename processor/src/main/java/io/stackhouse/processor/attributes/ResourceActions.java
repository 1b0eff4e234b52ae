package io.stackhouse.processor.attributes;

import io.stackhouse.pipeline.Consumer;
import io.stackhouse.pipeline.Processor;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.batch.Batch;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.batch.Resource;
import io.stackhouse.pipeline.batch.SpanBatch;
import io.stackhouse.processor.items.ItemCounts;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/**
 * Changes the attributes of resources, each resource of a batch once.
 *
 * <p>Threads and ownership as {@link Consumer} has them: the batch is this stage's alone, and its resources are changed in place.
 */
final class ResourceActions implements Processor {
    private final MapActions actions;
    private final Consumer next;
    private final ItemCounts counts;

    ResourceActions(ResourceConfig config, Consumer next, Telemetry telemetry) {
        this.actions =
                new MapActions(config.attributes().stream().map(Action::new).toList());
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
            for (int i = 0; i < profiles.resourceCount(); i++) {
                run(profiles.resource(i));
            }
        } else if (batch instanceof SpanBatch spans) {
            Set<Resource> done = Collections.newSetFromMap(new IdentityHashMap<>());
            for (SpanBatch.SpanGroup group : spans.groups()) {
                if (done.add(group.resource())) {
                    run(group.resource());
                }
            }
        }
        next.accept(batch);
        counts.outgoing(items);
    }

    private void run(Resource resource) {
        actions.run(MapActions.target(resource.attributes()));
    }

    @Override
    public void close() {
        // Holds nothing.
    }
}
