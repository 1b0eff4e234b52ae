package io.stackhouse.agent.sample;

/** Takes stacks on the thread that polls. It must be quick: while it works, the ring fills. */
@FunctionalInterface
public interface StackConsumer {
    /** Takes one stack, which is valid only during the call. */
    void stack(RawStack stack);

    /** Takes a sample with its context, or a sleep with or without one, which is valid only during the call. Its stack's body was handed over before, unless the ring was full at that time. */
    default void traced(TracedSample sample) {}

    /** Takes a request of the unwinder ({@link RawStack#isNeed()}), which is valid only during the call. It is no sample. */
    default void need(RawStack request) {}
}
