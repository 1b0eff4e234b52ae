package io.stackhouse.processor.k8sattributes;

import com.google.re2j.Pattern;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import io.stackhouse.pipeline.Clock;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The pods that are known, by what leads to them. Bounded: what is more than so many pods is left out and counted, until others go. A
 * pod that is gone is known for a while longer, since profiles of its last seconds are still to come.
 *
 * <p>Threads: {@link #find} by any, without a lock; the rest by the library's, which calls it for each event. Of a pod as the API
 * server sends it, only what the library needs to compare versions is kept, beside the {@link KnownPod}.
 */
final class PodStore implements ItemStore<Pod> {
    private final PodFacts facts;
    private final List<Pattern> excluded;
    private final int maxPods;
    private final long keepDeletedNanos;
    private final Clock clock;
    private final Map<String, Entry> pods = new ConcurrentHashMap<>();
    private final Map<String, Entry> byKey = new ConcurrentHashMap<>();
    /** The first to be forgotten first. */
    private final ArrayDeque<Entry> gone = new ArrayDeque<>();

    private final AtomicLong leftOut = new AtomicLong();

    private static final class Entry {
        final Pod reduced;
        final KnownPod known;
        volatile boolean isGone;
        /** When it is to be forgotten, once it is gone. */
        volatile long dueNanos;

        Entry(Pod reduced, KnownPod known) {
            this.reduced = reduced;
            this.known = known;
        }

        boolean isDue(Clock clock) {
            return isGone && clock.nanos() - dueNanos >= 0;
        }
    }

    PodStore(PodFacts facts, K8sAttributesConfig config, Clock clock) {
        this.facts = facts;
        this.excluded = config.exclude().pods().stream()
                .map(pattern -> Pattern.compile(pattern.name()))
                .toList();
        this.maxPods = config.maxPods();
        this.keepDeletedNanos = config.keepDeleted().toNanos();
        this.clock = clock;
    }

    @Nullable
    KnownPod find(String key) {
        Entry entry = byKey.get(key);
        return entry == null || entry.isDue(clock) ? null : entry.known;
    }

    /** How many pods came that there was no room for. */
    long leftOut() {
        return leftOut.get();
    }

    @Override
    public String getKey(Pod pod) {
        return pod.getMetadata().getNamespace() + "/" + pod.getMetadata().getName();
    }

    @Override
    public synchronized @Nullable Pod put(String key, Pod pod) {
        forget();
        Entry before = pods.get(key);
        if (before == null && pods.size() >= maxPods) {
            leftOut.incrementAndGet();
            return null;
        }
        KnownPod known = isExcluded(pod) ? new KnownPod(List.of(), Map.of(), Map.of()) : facts.of(pod);
        Entry entry = new Entry(reduced(pod), known);
        pods.put(key, entry);
        known.keys().forEach(lead -> byKey.put(lead, entry));
        if (before == null) {
            return null;
        }
        if (!before.known.keys().equals(known.keys())) {
            leave(before);
        }
        return before.reduced;
    }

    private boolean isExcluded(Pod pod) {
        return excluded.stream()
                .anyMatch(
                        pattern -> pattern.matcher(pod.getMetadata().getName()).find());
    }

    private static Pod reduced(Pod pod) {
        return new PodBuilder()
                .withMetadata(new ObjectMetaBuilder()
                        .withNamespace(pod.getMetadata().getNamespace())
                        .withName(pod.getMetadata().getName())
                        .withUid(pod.getMetadata().getUid())
                        .withResourceVersion(pod.getMetadata().getResourceVersion())
                        .build())
                .build();
    }

    @Override
    public synchronized @Nullable Pod remove(String key) {
        forget();
        Entry before = pods.remove(key);
        if (before == null) {
            return null;
        }
        leave(before);
        return before.reduced;
    }

    /** Its keys lead to it for a while, unless they lead to another one by then. */
    private void leave(Entry entry) {
        entry.dueNanos = clock.nanos() + keepDeletedNanos;
        entry.isGone = true;
        gone.add(entry);
        if (gone.size() > maxPods) {
            unlink(gone.remove());
        }
    }

    private void forget() {
        while (!gone.isEmpty() && gone.element().isDue(clock)) {
            unlink(gone.remove());
        }
    }

    private void unlink(Entry entry) {
        entry.known.keys().forEach(key -> byKey.computeIfPresent(key, (same, there) -> there == entry ? null : there));
    }

    @Override
    public Stream<String> keySet() {
        return pods.keySet().stream();
    }

    @Override
    public Stream<Pod> values() {
        return pods.values().stream().map(entry -> entry.reduced);
    }

    @Override
    public int size() {
        return pods.size();
    }

    @Override
    public @Nullable Pod get(String key) {
        Entry entry = pods.get(key);
        return entry == null ? null : entry.reduced;
    }

    @Override
    public boolean isFullState() {
        return false;
    }
}
