package io.stackhouse.agent.interval;

import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Stacks by their hash, bounded. Open addressing with linear probing; a lookup allocates nothing.
 *
 * <p>One thread. When full, a new stack is refused. A stack without samples for some intervals leaves: first the kernel is told to
 * forget it, and its frames are kept for two more drains, since samples may be under way. Stacks that were seen once go first: of code without
 * frame pointers nearly every stack is such a one. When the table is nearly full, one interval without samples is enough.
 */
final class StackTable {
    /** A sample that saw the hash in the kernel's map just before it went is counted before the second drain. */
    private static final int DRAINS_BEFORE_REMOVAL = 2;

    private static final int IDLE_INTERVALS_OF_ONE_OFFS = 2;
    private static final int MIN_SLOTS = 64;

    private final int maxStacks;
    private final int maxIdleIntervals;
    private @Nullable KnownStack[] slots = new @Nullable KnownStack[MIN_SLOTS];
    private int size;

    StackTable(int maxStacks, int maxIdleIntervals) {
        this.maxStacks = maxStacks;
        this.maxIdleIntervals = maxIdleIntervals;
    }

    int size() {
        return size;
    }

    @Nullable
    KnownStack find(long hash) {
        int mask = slots.length - 1;
        for (int i = slotOf(hash, mask); ; i = (i + 1) & mask) {
            KnownStack found = slots[i];
            if (found == null || found.hash() == hash) {
                return found;
            }
        }
    }

    /** False if the table is full. The hash must not be there yet. */
    boolean add(KnownStack stack) {
        if (size >= maxStacks) {
            return false;
        }
        if (2 * (size + 1) > slots.length) {
            resize(2 * slots.length);
        }
        insert(stack);
        size++;
        return true;
    }

    /** Ends the interval of all stacks, after they were encoded, and lets the idle ones go. */
    void endInterval(LongConsumer forgetInKernel) {
        int idleAllowed = size > maxStacks - maxStacks / 4 ? 1 : maxIdleIntervals;
        int idleAllowedOnce = Math.min(idleAllowed, IDLE_INTERVALS_OF_ONE_OFFS);
        int left = 0;
        for (int i = 0; i < slots.length; i++) {
            KnownStack stack = slots[i];
            if (stack == null) {
                continue;
            }
            int idle = stack.endInterval();
            if (stack.hasLeft()) {
                slots[i] = null;
                left++;
            } else if (!stack.isLeaving() && idle >= (stack.hasRecurred() ? idleAllowed : idleAllowedOnce)) {
                forgetInKernel.accept(stack.hash());
                stack.leaveAfter(DRAINS_BEFORE_REMOVAL);
            }
        }
        if (left > 0) {
            size -= left;
            // Emptied slots break the probe sequences: place the rest anew.
            resize(Math.max(MIN_SLOTS, Integer.highestOneBit(Math.max(1, size)) * 4));
        }
    }

    private void resize(int length) {
        @Nullable KnownStack[] old = slots;
        slots = new @Nullable KnownStack[length];
        for (KnownStack stack : old) {
            if (stack != null) {
                insert(stack);
            }
        }
    }

    private void insert(KnownStack stack) {
        int mask = slots.length - 1;
        int i = slotOf(stack.hash(), mask);
        while (slots[i] != null) {
            i = (i + 1) & mask;
        }
        slots[i] = stack;
    }

    private static int slotOf(long hash, int mask) {
        return (int) (hash ^ (hash >>> 32)) & mask;
    }
}
