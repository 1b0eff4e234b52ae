package io.stackhouse.agent.sample;

import io.stackhouse.agent.testing.CProgram;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** What came out of the kernel for one event of one program, by its functions. */
final class FunctionSums implements StackConsumer, CountConsumer {
    private final Event event;
    private final CProgram program;
    private final Map<Long, long[]> bodies = new HashMap<>();
    private final Map<Long, Double> sums = new HashMap<>();
    private final Map<Long, Double> variances = new HashMap<>();
    private long target;
    private long samples;
    private long ended;
    private long counted;
    private long singles;
    private long withoutBody;

    FunctionSums(Event event, CProgram program) {
        this.event = event;
        this.program = program;
    }

    void follow(long pid) {
        target = pid;
    }

    @Override
    public void stack(RawStack stack) {
        if (stack.event() == event) {
            bodies.put(stack.hash(), Arrays.copyOf(stack.userIps(), stack.userCount()));
            if (stack.isSingle()) {
                singles++;
                if (stack.tgid() == target) {
                    add(stack.hash(), 1, 0);
                }
            }
        }
    }

    @Override
    public void count(long hash, int tgid, Event of, long count) {
        if (of != event) {
            return;
        }
        counted += count;
        if (tgid == target) {
            add(hash, (double) count, 0);
        }
    }

    @Override
    public void traced(TracedSample sample) {
        if (sample.event() != event) {
            return;
        }
        ended++;
        if (sample.tgid() == target) {
            double value = (double) sample.value();
            add(sample.hash(), value, value * value * (1 - sample.chance()));
        }
    }

    private void add(long hash, double value, double variance) {
        samples++;
        withoutBody += bodies.containsKey(hash) ? 0 : 1;
        sums.merge(hash, value, Double::sum);
        variances.merge(hash, variance, Double::sum);
    }

    /** Of all processes. */
    long ended() {
        return ended;
    }

    /** Of all processes. */
    long counted() {
        return counted;
    }

    /** Of all processes. */
    long singles() {
        return singles;
    }

    /** Entries of the target: sleeps, or counts of a stack. */
    long samples() {
        return samples;
    }

    long withoutBody() {
        return withoutBody;
    }

    double in(String function) {
        return sum(sums, function);
    }

    double standardErrorIn(String function) {
        return Math.sqrt(sum(variances, function));
    }

    private double sum(Map<Long, Double> of, String function) {
        return of.entrySet().stream()
                .filter(entry -> passes(bodies.getOrDefault(entry.getKey(), new long[0]), function))
                .mapToDouble(Map.Entry::getValue)
                .sum();
    }

    private boolean passes(long[] ips, String function) {
        return Arrays.stream(ips).anyMatch(ip -> program.holds(function, ip));
    }
}
