package io.stackhouse.agent.sample;

/**
 * What happened to the samples of an event since the start: {@code samples = counted + traced + singles + lost}. Of {@link Event#OFF_CPU} samples
 * are sleeps that were drawn, traced and singles those that ended, with and without a context, and those that go on are missing in the sum. Read while sampling goes on, so the sum
 * may be off by the samples of that moment.
 *
 * @param samples taken
 * @param counted counted in the kernel under their stack's hash
 * @param newStacks bodies sent at first sight
 * @param singles sent one by one: all without aggregation, else those that found the counts full
 * @param lost samples that found neither counts nor ring with room
 * @param ringFull records that the ring had no room for
 * @param seenFull bodies whose hash could not be remembered, so that they are sent again
 * @param countsFull samples that found the counts full
 * @param noUserStack samples of user processes without any user frame
 * @param kernelTruncated samples whose kernel stack was longer than what is taken
 * @param userTruncated samples whose user stack lacks frames at the root
 * @param malformed records that could not be read
 * @param runNanos time spent in the BPF program
 * @param runCount runs of the BPF program
 * @param unwinding how user stacks were walked
 * @param contexts what threads said of themselves
 */
public record SampleCounters(
        long samples,
        long counted,
        long newStacks,
        long singles,
        long lost,
        long ringFull,
        long seenFull,
        long countsFull,
        long noUserStack,
        long kernelTruncated,
        long userTruncated,
        long malformed,
        long runNanos,
        long runCount,
        UnwindCounters unwinding,
        TraceCounters contexts) {
    /** Samples that crossed one by one with the context of their thread. */
    public long traced() {
        return contexts.traced();
    }

    /** All zero: nothing was sampled yet. */
    public static final SampleCounters NONE =
            new SampleCounters(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, UnwindCounters.NONE, TraceCounters.NONE);
}
