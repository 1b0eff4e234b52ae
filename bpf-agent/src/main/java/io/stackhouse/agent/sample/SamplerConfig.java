package io.stackhouse.agent.sample;

/**
 * Settings of {@link BpfSampleSource}.
 *
 * @param frequencyHertz samples per second and CPU, 1 to 10000
 * @param aggregation where samples are counted
 * @param ringBytes size of the ring buffer, a power of two from 4096 to 8 MiB
 * @param maxStacks how many stacks the kernel remembers as known, 1 to 1 Mi
 * @param maxCounts how many different stacks an interval can count, 1 to 1 Mi
 * @param maxProcesses how many processes the kernel remembers as known, 16 to 1 Mi
 * @param maxTableBytes kernel memory for unwinding tables, up to 128 MiB; 0 for frame pointers alone
 * @param contexts whether the trace contexts are read that threads publish
 * @param more what is sampled beside CPU time
 */
public record SamplerConfig(
        int frequencyHertz,
        Aggregation aggregation,
        int ringBytes,
        int maxStacks,
        int maxCounts,
        int maxProcesses,
        int maxTableBytes,
        boolean contexts,
        MoreEvents more) {
    public static final int MAX_FREQUENCY_HERTZ = 10_000;
    private static final int MIN_RING_BYTES = 4096;
    private static final int MAX_RING_BYTES = 8 << 20;
    private static final int DEFAULT_MIN_RING_BYTES = 512 << 10;
    private static final int RING_BYTES_PER_CPU = 128 << 10;
    private static final int MAX_ENTRIES = 1 << 20;
    private static final int DEFAULT_MAX_STACKS = 32_768;
    private static final int DEFAULT_MAX_COUNTS = 16_384;
    private static final int DEFAULT_MAX_PROCESSES = 4_096;
    private static final int MAX_TABLE_BYTES = 128 << 20;
    private static final int DEFAULT_MAX_TABLE_BYTES = 64 << 20;

    public SamplerConfig {
        require("frequency", frequencyHertz, 1, MAX_FREQUENCY_HERTZ);
        require("ring size", ringBytes, MIN_RING_BYTES, MAX_RING_BYTES);
        if (Integer.bitCount(ringBytes) != 1) {
            throw new IllegalArgumentException("ring size " + ringBytes + ": must be a power of two");
        }
        require("known stacks", maxStacks, 1, MAX_ENTRIES);
        require("counted stacks", maxCounts, 1, MAX_ENTRIES);
        require("known processes", maxProcesses, 16, MAX_ENTRIES);
        require("unwinding tables", maxTableBytes, 0, MAX_TABLE_BYTES);
    }

    /** CPU time alone. */
    public SamplerConfig(
            int frequencyHertz,
            Aggregation aggregation,
            int ringBytes,
            int maxStacks,
            int maxCounts,
            int maxProcesses,
            int maxTableBytes,
            boolean contexts) {
        this(
                frequencyHertz,
                aggregation,
                ringBytes,
                maxStacks,
                maxCounts,
                maxProcesses,
                maxTableBytes,
                contexts,
                MoreEvents.NONE);
    }

    /** Without trace contexts. */
    public SamplerConfig(
            int frequencyHertz,
            Aggregation aggregation,
            int ringBytes,
            int maxStacks,
            int maxCounts,
            int maxProcesses,
            int maxTableBytes) {
        this(frequencyHertz, aggregation, ringBytes, maxStacks, maxCounts, maxProcesses, maxTableBytes, false);
    }

    /** Frame pointers alone, without trace contexts. */
    public SamplerConfig(
            int frequencyHertz,
            Aggregation aggregation,
            int ringBytes,
            int maxStacks,
            int maxCounts,
            int maxProcesses) {
        this(frequencyHertz, aggregation, ringBytes, maxStacks, maxCounts, maxProcesses, 0);
    }

    /** Sizes for a machine: the ring holds more than half a second of nothing but new, deepest stacks at 99 Hz. */
    public static SamplerConfig of(int frequencyHertz, Aggregation aggregation, int cpus) {
        long wanted = Math.max(DEFAULT_MIN_RING_BYTES, (long) cpus * RING_BYTES_PER_CPU);
        int ringBytes = (int) Math.min(MAX_RING_BYTES, Long.highestOneBit(wanted * 2 - 1));
        return new SamplerConfig(
                frequencyHertz,
                aggregation,
                ringBytes,
                DEFAULT_MAX_STACKS,
                DEFAULT_MAX_COUNTS,
                DEFAULT_MAX_PROCESSES,
                DEFAULT_MAX_TABLE_BYTES,
                true);
    }

    /** The same with other events beside CPU time. */
    public SamplerConfig with(MoreEvents others) {
        return new SamplerConfig(
                frequencyHertz,
                aggregation,
                ringBytes,
                maxStacks,
                maxCounts,
                maxProcesses,
                maxTableBytes,
                contexts,
                others);
    }

    static void require(String what, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(what + " " + value + ": must be " + least + " to " + most);
        }
    }
}
