package io.stackhouse.processor.k8sattributes;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.metrics.LongCounter;
import io.stackhouse.pipeline.Consumer;
import io.stackhouse.pipeline.Processor;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.batch.AttributeValue;
import io.stackhouse.pipeline.batch.Attributes;
import io.stackhouse.pipeline.batch.Batch;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.batch.Resource;
import io.stackhouse.pipeline.batch.SpanBatch;
import io.stackhouse.processor.items.ItemCounts;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Adds to resources what Kubernetes says of their pod. Attributes that are there stay as they are. It looks into a table in memory and never
 * waits for the API server: a resource whose pod isn't known yet passes unchanged, and is counted. Threads: the lane's.
 */
final class K8sAttributes implements Processor {
    private static final AttributeKey<String> RESULT = AttributeKey.stringKey("result");

    private final @Nullable PodWatch watch;
    private final PodKeys keys;
    private final Consumer next;
    private final ItemCounts counts;
    private final LongCounter lookups;
    private final io.opentelemetry.api.common.Attributes found;
    private final io.opentelemetry.api.common.Attributes unknown;
    private final io.opentelemetry.api.common.Attributes early;

    /** @param watch none when nothing is to be added */
    K8sAttributes(@Nullable PodWatch watch, PodKeys keys, Consumer next, Telemetry telemetry) {
        this.watch = watch;
        this.keys = keys;
        this.next = next;
        this.counts = new ItemCounts(telemetry);
        this.lookups = telemetry
                .meter()
                .counterBuilder("stackhouse_k8s_attributes_lookups")
                .setDescription(
                        "Resources whose pod was looked for: found, unknown, or not_ready before the first list")
                .setUnit("{resource}")
                .build();
        io.opentelemetry.api.common.Attributes label = telemetry.labelled("processor");
        this.found = label.toBuilder().put(RESULT, "found").build();
        this.unknown = label.toBuilder().put(RESULT, "unknown").build();
        this.early = label.toBuilder().put(RESULT, "not_ready").build();
    }

    @Override
    public void start() {
        if (watch != null) {
            watch.start();
        }
    }

    @Override
    public void accept(Batch batch) {
        int items = batch.size();
        counts.incoming(items);
        if (watch != null) {
            if (batch instanceof ProfileBatch profiles) {
                for (int i = 0; i < profiles.resourceCount(); i++) {
                    add(watch, profiles.resource(i).attributes());
                }
            } else if (batch instanceof SpanBatch spans) {
                add(watch, spans);
            }
        }
        next.accept(batch);
        counts.outgoing(items);
    }

    private void add(PodWatch pods, SpanBatch spans) {
        Resource last = null;
        for (SpanBatch.SpanGroup group : spans.groups()) {
            if (group.resource() != last) {
                last = group.resource();
                add(pods, last.attributes());
            }
        }
    }

    private void add(PodWatch pods, Attributes resource) {
        for (int way = 0; way < keys.count(); way++) {
            String key = keys.key(way, resource);
            KnownPod pod = key == null ? null : pods.store().find(key);
            if (pod != null) {
                add(pod, resource);
                lookups.add(1, found);
                return;
            }
        }
        lookups.add(1, pods.isReady() ? unknown : early);
    }

    private static void add(KnownPod pod, Attributes resource) {
        pod.attributes().forEach((name, value) -> resource.putIfAbsent(name, AttributeValue.of(value)));
        Map<String, String> container =
                pod.ofContainers().get(PodKeys.withoutRuntime(resource.text(PodKeys.CONTAINER_ID, "")));
        if (container == null) {
            container = pod.ofContainers().get(resource.text("k8s.container.name", ""));
        }
        if (container != null) {
            container.forEach((name, value) -> resource.putIfAbsent(name, AttributeValue.of(value)));
        }
    }

    @Override
    public void close() {
        if (watch != null) {
            watch.close();
        }
    }
}
