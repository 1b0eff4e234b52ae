package io.stackhouse.processor.downsample;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Which stacks of which services were kept for their own sake in this hour. Any thread; {@link #contains} without a lock.
 *
 * <p>A table of 64-bit hashes with open addressing, emptied when the hour changes. When it is three quarters full, nothing more is
 * new until then. The hour is that of the latest receipt seen: requests of the hour before count as now, and a clock that was set back
 * further begins anew.
 */
final class FirstSeen {
    private static final long HOUR_NANOS = TimeUnit.HOURS.toNanos(1);

    private final AtomicLongArray keys;
    private final int limit;
    private int count;
    private volatile long hour = Long.MIN_VALUE;

    FirstSeen(int maxStacks) {
        this.keys = new AtomicLongArray(Integer.highestOneBit(Math.max(8, maxStacks + maxStacks / 3)) * 2);
        this.limit = maxStacks;
    }

    /** Before the rows of a request. */
    void at(long receivedUnixNanos) {
        long received = Math.floorDiv(receivedUnixNanos, HOUR_NANOS);
        long known = hour;
        if (received > known || received < known - 1) {
            begin(received);
        }
    }

    private synchronized void begin(long received) {
        if (received > hour || received < hour - 1) {
            count = 0;
            for (int i = 0; i < keys.length(); i++) {
                keys.set(i, 0);
            }
            hour = received;
        }
    }

    boolean contains(long serviceHash, long stackHash) {
        return keys.get(find(key(serviceHash, stackHash))) != 0;
    }

    /** Remembers a stack; false when it is known, or there is no room. */
    synchronized boolean add(long serviceHash, long stackHash) {
        long key = key(serviceHash, stackHash);
        int slot = find(key);
        if (keys.get(slot) != 0 || count >= limit) {
            return false;
        }
        keys.set(slot, key);
        count++;
        return true;
    }

    private static long key(long serviceHash, long stackHash) {
        long key = ThresholdSampling.mix(serviceHash, stackHash);
        return key == 0 ? 1 : key;
    }

    private int find(long key) {
        int mask = keys.length() - 1;
        int slot = (int) key & mask;
        long there = keys.get(slot);
        while (there != 0 && there != key) {
            slot = (slot + 1) & mask;
            there = keys.get(slot);
        }
        return slot;
    }
}
