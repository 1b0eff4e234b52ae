package io.stackhouse.agent.jvm;

import java.util.LinkedHashMap;
import java.util.Map;

/** A map that keeps so many entries, those used last. Threads: one. */
final class RecentlyUsed<K, V> extends LinkedHashMap<K, V> {
    private static final long serialVersionUID = 1;

    private final int maxEntries;

    RecentlyUsed(int maxEntries) {
        super(64, 0.75f, true);
        this.maxEntries = maxEntries;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > maxEntries;
    }
}
