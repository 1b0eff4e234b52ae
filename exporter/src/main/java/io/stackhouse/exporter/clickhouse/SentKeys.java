package io.stackhouse.exporter.clickhouse;

import io.stackhouse.pipeline.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * Remembers which stacks or resources ClickHouse has already, or will have, so that each is sent once. Bounded: when it is full, what was
 * not seen for long is forgotten, and sent again when it is seen again, which does no harm. Each key is new again after some time, drawn anew for
 * each so that they don't come together: a table that was lost heals.
 *
 * <p>Sets of 8 places, the most lately seen key first; each key has two sets that it may be in; a key takes 10 bytes, 19 right after the places were increased. Keys are 64-bit hashes;
 * two different ones that are equal make the second go missing, at odds of n²/2⁶⁵. One thread.
 */
final class SentKeys {
    /** After at most this time a key is sent again, and not before half of it. */
    static final Duration REFRESH = Duration.ofHours(24);

    private static final int WAYS = 8;
    private static final long FIRST_FACTOR = 0x9E3779B97F4A7C15L;
    private static final long SECOND_FACTOR = 0xD6E8FEB86659FD93L;
    private static final int FIRST_PLACES = 64;
    private static final int REFRESH_MINUTES = (int) REFRESH.toMinutes();

    private final Clock clock;
    private final int maxPlaces;
    /** 0 for none; in each set all keys come before the free places. */
    private long[] keys;
    /** Minute after which a key is new again, modulo 65536. */
    private short[] dueMinutes;

    private int size;
    private long[] pending = new long[16];
    private int pendingSize;

    /** @param capacity how many keys are remembered at most; 1 or more */
    SentKeys(int capacity) {
        this(capacity, Clock.system());
    }

    SentKeys(int capacity, Clock clock) {
        this.clock = clock;
        this.maxPlaces = Math.max(WAYS, (int) Math.min(Integer.MAX_VALUE - 15L, (capacity + WAYS - 1L) / WAYS * WAYS));
        this.keys = new long[Math.min(FIRST_PLACES, maxPlaces)];
        this.dueMinutes = new short[keys.length];
    }

    /** Whether the key must be sent; says so once, until {@link #discard}, {@link #clear} or its time has come. */
    boolean isNew(long key) {
        long wanted = key == 0 ? 1 : key;
        int place = find(wanted);
        boolean isDue = place < 0 || (short) (minute() - dueMinutes[place]) >= 0;
        if (isDue) {
            addPending(wanted);
        }
        if (place < 0) {
            add(wanted, nextDue(wanted));
            return true;
        }
        int start = place / WAYS * WAYS;
        short due = isDue ? nextDue(wanted) : dueMinutes[place];
        moveDown(start, place);
        keys[start] = wanted;
        dueMinutes[start] = due;
        return isDue;
    }

    /** The key's place in one of its two sets, or -1. */
    private int find(long key) {
        int place = find(key, set(key, FIRST_FACTOR));
        return place >= 0 ? place : find(key, set(key, SECOND_FACTOR));
    }

    private int find(long key, int start) {
        for (int i = start; i < start + WAYS && keys[i] != 0; i++) {
            if (keys[i] == key) {
                return i;
            }
        }
        return -1;
    }

    /** What was new is kept until it is stored. */
    void commit() {
        pendingSize = 0;
    }

    /** What was new was not kept. */
    void discard() {
        for (int i = 0; i < pendingSize; i++) {
            remove(pending[i]);
        }
        pendingSize = 0;
    }

    /** Everything is new again. */
    void clear() {
        Arrays.fill(keys, 0);
        size = 0;
        pendingSize = 0;
    }

    int size() {
        return size;
    }

    /** Of the places, without what is pending. */
    long byteCount() {
        return (long) keys.length * (Long.BYTES + Short.BYTES);
    }

    private void add(long key, short due) {
        if (size >= keys.length / 10 * 7 && keys.length < maxPlaces) {
            grow();
        }
        put(key, due);
    }

    /** Into the emptier of its sets; when both are full, what was not seen for long makes room. */
    private void put(long key, short due) {
        int first = set(key, FIRST_FACTOR);
        int second = set(key, SECOND_FACTOR);
        int start = count(second) < count(first) ? second : first;
        int last = start + WAYS - 1;
        size += keys[last] == 0 ? 1 : 0;
        moveDown(start, last);
        keys[start] = key;
        dueMinutes[start] = due;
    }

    private int count(int start) {
        int count = 0;
        while (count < WAYS && keys[start + count] != 0) {
            count++;
        }
        return count;
    }

    /** Makes the set's first place free, over the place {@code to}. */
    private void moveDown(int start, int to) {
        System.arraycopy(keys, start, keys, start + 1, to - start);
        System.arraycopy(dueMinutes, start, dueMinutes, start + 1, to - start);
    }

    private void remove(long key) {
        int place = find(key);
        if (place >= 0) {
            int end = place / WAYS * WAYS + WAYS;
            System.arraycopy(keys, place + 1, keys, place, end - place - 1);
            System.arraycopy(dueMinutes, place + 1, dueMinutes, place, end - place - 1);
            keys[end - 1] = 0;
            size--;
        }
    }

    private void grow() {
        long[] oldKeys = keys;
        short[] oldDue = dueMinutes;
        long places = (keys.length * 13L / 10 + WAYS) / WAYS * WAYS;
        keys = new long[(int) Math.min(places, maxPlaces)];
        dueMinutes = new short[keys.length];
        size = 0;
        // Backwards: what was seen last comes to the front of its new set again.
        for (int i = oldKeys.length - 1; i >= 0; i--) {
            if (oldKeys[i] != 0) {
                put(oldKeys[i], oldDue[i]);
            }
        }
    }

    private int set(long key, long factor) {
        long hash = key * factor;
        hash ^= hash >>> 32;
        return (int) ((((hash * factor) >>> 32) * (keys.length / WAYS)) >>> 32) * WAYS;
    }

    private void addPending(long key) {
        if (pendingSize == pending.length) {
            pending = Arrays.copyOf(pending, pendingSize * 2);
        }
        pending[pendingSize++] = key;
    }

    private short nextDue(long key) {
        long spread = ((key * SECOND_FACTOR) >>> 40) + minute();
        return (short) (minute() + REFRESH_MINUTES / 2 + Math.floorMod(spread, REFRESH_MINUTES / 2));
    }

    private int minute() {
        return (int) TimeUnit.NANOSECONDS.toMinutes(clock.nanos());
    }
}
