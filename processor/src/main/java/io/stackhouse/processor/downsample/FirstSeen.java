package io.stackhouse.processor.downsample;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * Which stacks of which services were kept for their own sake in this hour. One thread.
 *
 * <p>A table of 64-bit hashes with open addressing, emptied when the hour changes. When it is three quarters full, nothing more is
 * new until then. The hour is that of the latest receipt seen: requests of the hour before count as now, and a clock that was set back
 * further begins anew.
 */
final class FirstSeen {
    private static final long HOUR_NANOS = TimeUnit.HOURS.toNanos(1);

    private final long[] keys;
    private final int limit;
    private int count;
    private long hour = Long.MIN_VALUE;

    FirstSeen(int maxStacks) {
        this.keys = new long[Integer.highestOneBit(Math.max(8, maxStacks + maxStacks / 3)) * 2];
        this.limit = maxStacks;
    }

    /** Before the rows of a request. */
    void at(long receivedUnixNanos) {
        long received = Math.floorDiv(receivedUnixNanos, HOUR_NANOS);
        if (received > hour || received < hour - 1) {
            hour = received;
            count = 0;
            Arrays.fill(keys, 0);
        }
    }

    boolean contains(long serviceHash, long stackHash) {
        return keys[find(key(serviceHash, stackHash))] != 0;
    }

    /** Remembers a stack; false when there is no room. */
    boolean add(long serviceHash, long stackHash) {
        long key = key(serviceHash, stackHash);
        int slot = find(key);
        if (keys[slot] != 0) {
            return true;
        }
        if (count >= limit) {
            return false;
        }
        keys[slot] = key;
        count++;
        return true;
    }

    private static long key(long serviceHash, long stackHash) {
        long key = ThresholdSampling.mix(serviceHash, stackHash);
        return key == 0 ? 1 : key;
    }

    private int find(long key) {
        int mask = keys.length - 1;
        int slot = (int) key & mask;
        while (keys[slot] != 0 && keys[slot] != key) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }
}
