package io.stackhouse.processor.k8sattributes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.stackhouse.pipeline.Processor;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.batch.Attributes;
import io.stackhouse.pipeline.batch.Batch;
import io.stackhouse.pipeline.batch.Resource;
import io.stackhouse.pipeline.batch.Scope;
import io.stackhouse.pipeline.batch.SpanBatch;
import io.stackhouse.processor.k8sattributes.K8sAttributesConfig.LabelFilter;
import io.stackhouse.processor.k8sattributes.K8sAttributesConfig.PodFilter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The processor against a server that lists and watches. */
@Timeout(120)
class K8sAttributesIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Scope NO_SCOPE = new Scope("", "", new Attributes(), "");

    private final KubeServer server = new KubeServer();
    private final List<Batch> out = new ArrayList<>();
    private @Nullable Processor processor;

    @AfterEach
    void end() {
        if (processor != null) {
            processor.close();
            processor.close();
        }
        server.close();
    }

    private void start(K8sAttributesConfig config) {
        Processor made = new K8sAttributesFactory().create(config, out::add, Telemetry.none());
        processor = made;
        made.start();
    }

    private void start() {
        start(config(20_000, Duration.ofMinutes(2), false, ""));
    }

    private K8sAttributesConfig config(int maxPods, Duration keepDeleted, boolean waits, String node) {
        K8sAttributesConfig defaults = new K8sAttributesFactory().defaultConfig();
        List<LabelFilter> labels = node.isEmpty()
                ? List.of()
                : List.of(new LabelFilter("tier", "front", null), new LabelFilter("app", null, "exists"));
        return new K8sAttributesConfig(
                "none",
                "",
                server.url(),
                false,
                new PodFilter(node, "", "", List.of(), labels),
                defaults.extract(),
                defaults.podAssociation(),
                defaults.exclude(),
                waits,
                Duration.ofSeconds(2),
                maxPods,
                keepDeleted);
    }

    /** What becomes of a resource with this attribute. */
    private Attributes run(String key, String value) {
        Attributes attributes = new Attributes();
        attributes.put(key, value);
        SpanBatch batch =
                new SpanBatch(List.of(new SpanBatch.SpanGroup(new Resource(attributes, ""), NO_SCOPE, List.of())), 0);
        assertThat(processor).isNotNull();
        processor.accept(batch);
        return attributes;
    }

    private String podOf(String key, String value) {
        return run(key, value).text("k8s.pod.name", "");
    }

    private void awaitPod(String name) {
        await().atMost(PATIENCE).until(() -> podOf("k8s.pod.uid", "uid-" + name).equals(name));
    }

    private static String pod(String name) {
        return """
                {"kind":"Pod","apiVersion":"v1","metadata":{"name":"%1$s","namespace":"shop","uid":"uid-%1$s",
                "resourceVersion":"@VERSION@","labels":{"pod-template-hash":"7d9"},
                "ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"cart-7d9","uid":"rs"}]},
                "spec":{"nodeName":"n1","containers":[{"name":"app","image":"registry:5000/cart:1.2"}]},
                "status":{"podIP":"10.0.0.%2$d","startTime":"2026-01-01T00:00:00Z",
                "containerStatuses":[{"name":"app","image":"registry:5000/cart:1.2","containerID":"containerd://id-%1$s"}]}}
                """.formatted(name, Math.abs(name.hashCode() % 250)).replace("\n", "");
    }

    private void add(String name) {
        server.add(name, pod(name));
    }

    @Test
    void findsAPodByItsContainerItsUidItsAddressAndItsName() {
        add("a");
        start();
        awaitPod("a");

        Attributes found = run("container.id", "id-a");
        assertThat(found.text("k8s.pod.uid", "")).isEqualTo("uid-a");
        assertThat(found.text("k8s.deployment.name", "")).isEqualTo("cart");
        assertThat(found.text("k8s.node.name", "")).isEqualTo("n1");
        assertThat(found.text("k8s.container.name", "")).isEqualTo("app");
        assertThat(podOf("container.id", "docker://id-a")).isEqualTo("a");
        assertThat(podOf("k8s.pod.ip", "10.0.0." + Math.abs("a".hashCode() % 250)))
                .isEqualTo("a");
        assertThat(podOf("k8s.pod.uid", "unknown")).isEmpty();
        // Names are found with their namespace alone.
        assertThat(run("k8s.pod.name", "a").contains("k8s.pod.uid")).isFalse();
    }

    @Test
    void followsWhatTheWatchSaysAndKnowsPodsThatAreGoneForAWhile() {
        add("a");
        start(config(100, Duration.ofSeconds(1), false, ""));
        awaitPod("a");
        await().atMost(PATIENCE).until(() -> server.watchCount() == 1);
        add("b");
        awaitPod("b");
        server.add("a", pod("a").replace("\"nodeName\":\"n1\"", "\"nodeName\":\"n2\""));
        await().atMost(PATIENCE)
                .until(() ->
                        run("k8s.pod.uid", "uid-a").text("k8s.node.name", "").equals("n2"));

        server.delete("b");
        add("c");
        awaitPod("c");
        assertThat(podOf("k8s.pod.uid", "uid-b")).isEqualTo("b");
        await().pollDelay(Duration.ofMillis(1_100)).until(() -> true);
        add("d");
        awaitPod("d");
        assertThat(podOf("k8s.pod.uid", "uid-b")).isEmpty();
    }

    @Test
    void listsAgainWhenItsVersionIsGone() {
        add("a");
        add("b");
        start(config(100, Duration.ZERO, false, ""));
        awaitPod("b");
        await().atMost(PATIENCE).until(() -> server.watchCount() == 1);
        long lists = server.lists();

        server.vanish("a");
        server.gone();

        await().atMost(PATIENCE).until(() -> server.lists() > lists);
        await().atMost(PATIENCE).until(() -> podOf("k8s.pod.uid", "uid-a").isEmpty());
        assertThat(podOf("k8s.pod.uid", "uid-b")).isEqualTo("b");
        await().atMost(PATIENCE).until(() -> server.watchCount() >= 1);
        add("c");
        awaitPod("c");
    }

    @Test
    void keepsWhatItKnowsWhileTheServerIsAwayAndComesBackToIt() {
        add("a");
        start();
        awaitPod("a");
        await().atMost(PATIENCE).until(() -> server.watchCount() == 1);

        server.cut();
        await().atMost(PATIENCE).until(() -> server.watchCount() == 1);
        add("b");
        awaitPod("b");
        server.stop();
        assertThat(podOf("k8s.pod.uid", "uid-a")).isEqualTo("a");
        add("c");
        server.comeBack();
        awaitPod("c");
        assertThat(podOf("k8s.pod.uid", "uid-b")).isEqualTo("b");
    }

    @Test
    void letsBatchesPassAtOnceWhileTheFirstListTakesItsTime() {
        CountDownLatch goOn = new CountDownLatch(1);
        server.holdLists(goOn);
        add("a");
        long start = System.nanoTime();
        start();
        for (int i = 0; i < 100; i++) {
            assertThat(podOf("k8s.pod.uid", "uid-a")).isEmpty();
        }
        // A client takes a while to be made; no list comes in less than the test's patience.
        assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(20));
        assertThat(out).hasSize(100);
        goOn.countDown();
        awaitPod("a");
    }

    @Test
    void comesBackWhenItMayNotListAtFirst() {
        server.answer(403);
        add("a");
        start();
        await().atMost(PATIENCE).until(() -> server.lists() >= 2);
        server.answer(200);
        awaitPod("a");
    }

    @Test
    void readsLongListsInPagesAndHoldsNoMoreThanItMay() {
        server.pages(2);
        for (String name : List.of("a", "b", "c", "d", "e")) {
            add(name);
        }
        start(config(3, Duration.ofMinutes(2), false, ""));
        await().atMost(PATIENCE).until(() -> server.watchCount() == 1);

        assertThat(List.of("a", "b", "c", "d", "e"))
                .filteredOn(name -> podOf("k8s.pod.uid", "uid-" + name).equals(name))
                .hasSize(3);
        server.delete("a");
        add("f");
        awaitPod("f");
    }

    @Test
    void asksForThePodsOfItsFilterAlone() {
        start(config(10, Duration.ZERO, false, "n1"));
        await().atMost(PATIENCE).until(() -> server.lists() > 0);
        assertThat(server.requests.get(0))
                .contains("fieldSelector=spec.nodeName=n1")
                .contains("labelSelector=tier=front,app");
    }

    @Test
    void failsToStartWhenItIsToWaitAndNothingCame() {
        server.holdLists(new CountDownLatch(1));
        assertThatThrownBy(() -> start(config(10, Duration.ZERO, true, "")))
                .hasMessageContaining("the pods were not listed within wait_for_metadata_timeout");
    }

    @Test
    void waitsForTheFirstListWhenItIsTo() {
        add("a");
        start(config(10, Duration.ZERO, true, ""));
        assertThat(podOf("k8s.pod.uid", "uid-a")).isEqualTo("a");
    }
}
