package io.stackhouse.agent.interval;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;

/** Samples with their contexts and times, those alike together; bounded by {@link #isFull()}. One thread. */
final class TracedSamples {
    static final int MAX_SAMPLES = 1 << 18;

    private final Map<Group, TimeColumn> groups = new LinkedHashMap<>();
    private int size;

    /** Samples of one stack that worked for the same. Stacks are told apart by identity. */
    record Group(KnownStack stack, TraceContext context) {}

    void add(KnownStack stack, TraceContext context, long boottimeNanos, long value) {
        groups.computeIfAbsent(new Group(stack, context), g -> new TimeColumn()).add(boottimeNanos, value);
        size++;
    }

    /** True if the interval must end now so that no sample is lost. */
    boolean isFull() {
        return size >= MAX_SAMPLES;
    }

    Map<Group, TimeColumn> groups() {
        return groups;
    }

    void clear() {
        groups.clear();
        size = 0;
    }

    /** Moves the samples of some stacks to others, which have none of these stacks. */
    void moveTo(TracedSamples others, Predicate<KnownStack> which) {
        groups.entrySet().removeIf(entry -> {
            if (!which.test(entry.getKey().stack())) {
                return false;
            }
            others.groups.put(entry.getKey(), entry.getValue());
            others.size += entry.getValue().size();
            size -= entry.getValue().size();
            return true;
        });
    }
}
