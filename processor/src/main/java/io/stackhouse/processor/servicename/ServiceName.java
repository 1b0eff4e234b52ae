package io.stackhouse.processor.servicename;

import io.stackhouse.pipeline.Consumer;
import io.stackhouse.pipeline.Processor;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.batch.AttributeValue;
import io.stackhouse.pipeline.batch.Attributes;
import io.stackhouse.pipeline.batch.Batch;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.batch.SpanBatch;
import io.stackhouse.processor.items.ItemCounts;

/**
 * Names the service of each resource that doesn't name it itself, from what is known of its workload or its executable. What a
 * resource says of itself stays.
 *
 * <p>Threads and ownership as {@link Consumer} has them; resources are changed in place. A second run changes nothing.
 */
final class ServiceName implements Processor {
    private static final String NAME = "service.name";
    private static final String UNKNOWN = "unknown_service";
    private static final String ANNOTATION = "k8s.pod.annotation.resource.opentelemetry.io/";

    private final ServiceNameConfig config;
    private final Consumer next;
    private final ItemCounts counts;

    ServiceName(ServiceNameConfig config, Consumer next, Telemetry telemetry) {
        this.config = config;
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
                derive(profiles.resource(i).attributes());
            }
        } else if (batch instanceof SpanBatch spans) {
            for (SpanBatch.SpanGroup group : spans.groups()) {
                derive(group.resource().attributes());
            }
        }
        next.accept(batch);
        counts.outgoing(items);
    }

    void derive(Attributes resource) {
        deriveName(resource);
        if (config.setNamespace()) {
            setFirst(resource, "service.namespace", ANNOTATION + "service.namespace", "k8s.namespace.name");
        }
        if (config.setVersion()) {
            setFirst(
                    resource,
                    "service.version",
                    ANNOTATION + "service.version",
                    "k8s.pod.label.app.kubernetes.io/version");
            set(resource, "service.version", imageVersion(resource));
        }
        if (config.setInstanceId()) {
            setFirst(resource, "service.instance.id", ANNOTATION + "service.instance.id");
            set(resource, "service.instance.id", containerName(resource));
        }
    }

    private void deriveName(Attributes resource) {
        String before = resource.text(NAME, "");
        boolean isUnknown = before.equals(UNKNOWN) || before.startsWith(UNKNOWN + ":");
        if (!before.isEmpty() && !(isUnknown && config.replaceUnknown())) {
            return;
        }
        for (String source : config.sources()) {
            String name = resource.text(source, "");
            if (!name.isEmpty()) {
                resource.put(NAME, name);
                return;
            }
        }
        if (before.isEmpty() || before.equals(UNKNOWN)) {
            String executable = executable(resource);
            resource.put(NAME, executable.isEmpty() ? UNKNOWN : UNKNOWN + ":" + executable);
        }
    }

    private static String executable(Attributes resource) {
        String name = resource.text("process.executable.name", "");
        if (!name.isEmpty()) {
            return name;
        }
        String path = resource.text("process.executable.path", "");
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** {@code tag@digest}, or the one of them that is known. */
    private static String imageVersion(Attributes resource) {
        String tag = first(resource, "container.image.tags");
        String digest = first(resource, "container.image.repo_digests");
        digest = digest.substring(digest.lastIndexOf('@') + 1);
        return tag.isEmpty() || digest.isEmpty() ? tag + digest : tag + "@" + digest;
    }

    private static String first(Attributes resource, String key) {
        AttributeValue value = resource.get(key);
        if (value instanceof AttributeValue.ArrayValue array) {
            return array.values().isEmpty() ? "" : array.values().get(0).text();
        }
        return value == null ? "" : value.text();
    }

    /** {@code namespace.pod.container}, or empty when one of them isn't known. */
    private static String containerName(Attributes resource) {
        String namespace = resource.text("k8s.namespace.name", "");
        String pod = resource.text("k8s.pod.name", "");
        String container = resource.text("k8s.container.name", "");
        boolean isComplete = !namespace.isEmpty() && !pod.isEmpty() && !container.isEmpty();
        return isComplete ? namespace + "." + pod + "." + container : "";
    }

    private static void setFirst(Attributes resource, String key, String... sources) {
        for (String source : sources) {
            set(resource, key, resource.text(source, ""));
        }
    }

    private static void set(Attributes resource, String key, String value) {
        if (!value.isEmpty()) {
            resource.putIfAbsent(key, AttributeValue.of(value));
        }
    }

    @Override
    public void close() {
        // Holds nothing.
    }
}
