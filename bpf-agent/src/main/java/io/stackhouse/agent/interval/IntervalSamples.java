package io.stackhouse.agent.interval;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The samples of an interval, each in one of three places: counts of stacks, samples with their time, samples with their time and the context of their thread. One
 * thread.
 */
final class IntervalSamples {
    private final List<KnownStack> counted = new ArrayList<>();
    private final TimedSamples timed = new TimedSamples();
    private final TracedSamples traced = new TracedSamples();
    private @Nullable IntervalSpan span;

    /** Stacks that have samples beside the other two. */
    List<KnownStack> counted() {
        return counted;
    }

    TimedSamples timed() {
        return timed;
    }

    TracedSamples traced() {
        return traced;
    }

    /** When the interval was; null while it is open. */
    @Nullable
    IntervalSpan span() {
        return span;
    }

    boolean isFull() {
        return timed.isFull() || traced.isFull();
    }

    void clear() {
        counted.clear();
        timed.clear();
        traced.clear();
        span = null;
    }

    /** Moves the samples of some stacks to others, which are empty and become those of that interval. */
    void moveTo(IntervalSamples others, IntervalSpan ofSpan, Predicate<KnownStack> which) {
        others.span = ofSpan;
        counted.removeIf(stack -> {
            if (!which.test(stack)) {
                return false;
            }
            others.counted.add(stack.takeSamples());
            return true;
        });
        timed.moveTo(others.timed, which);
        traced.moveTo(others.traced, which);
    }
}
