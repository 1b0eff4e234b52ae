package io.stackhouse.processor.k8sattributes;

import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.stackhouse.pipeline.Consumer;
import io.stackhouse.pipeline.Processor;
import io.stackhouse.pipeline.Telemetry;
import java.util.Map;

/** A {@code k8s_attributes} processor that knows many pods, without a server. */
public final class BenchmarkPods {
    private static final int PODS = 10_000;

    private BenchmarkPods() {}

    /** Knows pods with the uids {@code uid-0} and so on. */
    public static Processor processor(Consumer next) {
        K8sAttributesConfig config = new K8sAttributesFactory().defaultConfig();
        PodKeys keys = new PodKeys(config.podAssociation());
        PodStore store = new PodStore(
                new PodFacts(config.extract(), keys), config, Telemetry.none().clock());
        for (int i = 0; i < PODS; i++) {
            Pod pod = pod(i);
            store.put(store.getKey(pod), pod);
        }
        PodWatch watch = new PodWatch(config, Map.of(), store, Telemetry.none());
        return new K8sAttributes(watch, keys, next, Telemetry.none());
    }

    static Pod pod(int number) {
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace("shop")
                .withName("cart-" + number)
                .withUid("uid-" + number)
                .endMetadata()
                .withNewSpec()
                .withNodeName("n1")
                .withContainers(new ContainerBuilder()
                        .withName("app")
                        .withImage("cart:1")
                        .build())
                .endSpec()
                .withNewStatus()
                .withPodIP("10.0." + number / 250 + "." + number % 250)
                .withContainerStatuses(new ContainerStatusBuilder()
                        .withName("app")
                        .withImage("cart:1")
                        .withContainerID("containerd://id-" + number)
                        .build())
                .endStatus()
                .build();
    }
}
