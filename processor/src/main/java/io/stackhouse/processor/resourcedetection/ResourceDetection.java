package io.stackhouse.processor.resourcedetection;

import io.stackhouse.pipeline.Consumer;
import io.stackhouse.pipeline.Processor;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.batch.Attributes;
import io.stackhouse.pipeline.batch.Batch;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.batch.SpanBatch;
import io.stackhouse.processor.items.ItemCounts;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Adds to every resource what is known of this machine. Finds it out once, at the start.
 *
 * <p>Threads and ownership as {@link Consumer} has them. Without {@code override}, what a resource says of itself stays.
 */
final class ResourceDetection implements Processor {
    private static final Logger LOG = LoggerFactory.getLogger(ResourceDetection.class);

    private final List<AttributeSource> sources;
    private final boolean override;
    private final Consumer next;
    private final ItemCounts counts;
    private volatile Attributes detected = new Attributes();

    ResourceDetection(List<AttributeSource> sources, boolean override, Consumer next, Telemetry telemetry) {
        this.sources = sources;
        this.override = override;
        this.next = next;
        this.counts = new ItemCounts(telemetry);
    }

    @Override
    public void start() {
        Attributes found = new Attributes();
        for (AttributeSource source : sources) {
            source.detect(found);
        }
        detected = found;
        LOG.info("Detected {} resource attributes", found.size());
    }

    @Override
    public void accept(Batch batch) {
        int items = batch.size();
        counts.incoming(items);
        Attributes known = detected;
        if (batch instanceof ProfileBatch profiles) {
            for (int i = 0; i < profiles.resourceCount(); i++) {
                enrich(profiles.resource(i).attributes(), known);
            }
        } else if (batch instanceof SpanBatch spans) {
            for (SpanBatch.SpanGroup group : spans.groups()) {
                enrich(group.resource().attributes(), known);
            }
        }
        next.accept(batch);
        counts.outgoing(items);
    }

    private void enrich(Attributes attributes, Attributes known) {
        for (int i = 0; i < known.size(); i++) {
            if (override) {
                attributes.put(known.key(i), known.value(i));
            } else {
                attributes.putIfAbsent(known.key(i), known.value(i));
            }
        }
    }

    @Override
    public void close() {
        // Holds nothing.
    }
}
