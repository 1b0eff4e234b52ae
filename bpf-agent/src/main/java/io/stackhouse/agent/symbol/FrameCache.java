package io.stackhouse.agent.symbol;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Frames by module and address, bounded by bytes: the least recently used goes first. Finding one makes no garbage.
 *
 * <p>Layout: entries are numbered; each stands in a chain of its hash bucket and in a doubly linked list by use, all as int columns. Threads: one.
 */
final class FrameCache {
    private static final int NONE = -1;
    private static final int FRAME_BYTES = 48;
    private static final int ENTRY_BYTES = 28;

    private final long maxBytes;
    private @Nullable Frame[] frame = new Frame[1024];
    private int[] nextInBucket = new int[1024];
    private int[] newer = new int[1024];
    private int[] older = new int[1024];
    private int[] cost = new int[1024];
    private int[] buckets = new int[1024];
    private int free = NONE;
    private int used;
    private int newest = NONE;
    private int oldest = NONE;
    private long bytes;
    private int size;

    FrameCache(long maxBytes) {
        this.maxBytes = maxBytes;
        Arrays.fill(buckets, NONE);
    }

    @Nullable
    Frame find(Module module, long address) {
        for (int i = buckets[bucket(module, address)]; i != NONE; i = nextInBucket[i]) {
            Frame found = frame[i];
            if (found != null && found.address() == address && module.equals(found.module())) {
                if (i != newest) {
                    unlink(i);
                    linkAsNewest(i);
                }
                return found;
            }
        }
        return null;
    }

    /** Adds a frame that is not there. What its name costs is counted once per frame, shared or not. */
    Frame add(Module module, Frame added, int nameBytes) {
        if (size == frame.length) {
            grow();
        }
        int i = free == NONE ? used++ : free;
        free = i == free ? nextInBucket[i] : free;
        int bucket = bucket(module, added.address());
        frame[i] = added;
        cost[i] = FRAME_BYTES + ENTRY_BYTES + nameBytes;
        nextInBucket[i] = buckets[bucket];
        buckets[bucket] = i;
        linkAsNewest(i);
        bytes += cost[i];
        size++;
        while (bytes > maxBytes && oldest != newest) {
            evictOldest();
        }
        return added;
    }

    int size() {
        return size;
    }

    long bytes() {
        return bytes;
    }

    private void evictOldest() {
        int i = oldest;
        Frame gone = frame[i];
        if (gone == null || gone.module() == null) {
            throw new IllegalStateException("entry " + i + " of the frame cache is empty but in use");
        }
        unlink(i);
        int bucket = bucket(gone.module(), gone.address());
        if (buckets[bucket] == i) {
            buckets[bucket] = nextInBucket[i];
        } else {
            int before = buckets[bucket];
            while (nextInBucket[before] != i) {
                before = nextInBucket[before];
            }
            nextInBucket[before] = nextInBucket[i];
        }
        frame[i] = null;
        nextInBucket[i] = free;
        free = i;
        bytes -= cost[i];
        size--;
    }

    private void grow() {
        int capacity = 2 * frame.length;
        frame = Arrays.copyOf(frame, capacity);
        nextInBucket = Arrays.copyOf(nextInBucket, capacity);
        newer = Arrays.copyOf(newer, capacity);
        older = Arrays.copyOf(older, capacity);
        cost = Arrays.copyOf(cost, capacity);
        buckets = new int[capacity];
        Arrays.fill(buckets, NONE);
        for (int i = 0; i < used; i++) {
            Frame present = frame[i];
            if (present != null && present.module() != null) {
                int bucket = bucket(present.module(), present.address());
                nextInBucket[i] = buckets[bucket];
                buckets[bucket] = i;
            }
        }
    }

    private void linkAsNewest(int i) {
        newer[i] = NONE;
        older[i] = newest;
        if (newest != NONE) {
            newer[newest] = i;
        }
        newest = i;
        if (oldest == NONE) {
            oldest = i;
        }
    }

    private void unlink(int i) {
        if (newer[i] != NONE) {
            older[newer[i]] = older[i];
        } else {
            newest = older[i];
        }
        if (older[i] != NONE) {
            newer[older[i]] = newer[i];
        } else {
            oldest = newer[i];
        }
    }

    private int bucket(Module module, long address) {
        long h = (address ^ ((long) module.hashCode() << 32)) * 0x9e3779b97f4a7c15L;
        return (int) (h >>> 40) & (buckets.length - 1);
    }
}
