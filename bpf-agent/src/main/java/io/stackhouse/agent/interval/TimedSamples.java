package io.stackhouse.agent.interval;

import java.util.Arrays;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Samples with their times, bounded; columns that only grow. One thread. */
final class TimedSamples {
    static final int MAX_SAMPLES = 1 << 18;
    private static final int FIRST_CAPACITY = 1024;

    private @Nullable KnownStack[] stacks = new @Nullable KnownStack[FIRST_CAPACITY];
    private long[] boottimeNanos = new long[FIRST_CAPACITY];
    private int size;

    void add(KnownStack stack, long atBoottimeNanos) {
        if (size == boottimeNanos.length) {
            stacks = Arrays.copyOf(stacks, 2 * size);
            boottimeNanos = Arrays.copyOf(boottimeNanos, 2 * size);
        }
        stacks[size] = stack;
        boottimeNanos[size++] = atBoottimeNanos;
    }

    /** True if the interval must end now so that no sample is lost. */
    boolean isFull() {
        return size >= MAX_SAMPLES;
    }

    int size() {
        return size;
    }

    KnownStack stack(int i) {
        KnownStack stack = stacks[i];
        if (stack == null || i >= size) {
            throw new IndexOutOfBoundsException(i);
        }
        return stack;
    }

    long boottimeNanos(int i) {
        return boottimeNanos[i];
    }

    /** Moves the samples of some stacks behind those of others. */
    void moveTo(TimedSamples others, Predicate<KnownStack> which) {
        int kept = 0;
        for (int i = 0; i < size; i++) {
            KnownStack stack = stack(i);
            if (which.test(stack)) {
                others.add(stack, boottimeNanos[i]);
            } else {
                stacks[kept] = stack;
                boottimeNanos[kept++] = boottimeNanos[i];
            }
        }
        Arrays.fill(stacks, kept, size, null);
        size = kept;
    }

    void clear() {
        Arrays.fill(stacks, 0, size, null);
        size = 0;
    }
}
