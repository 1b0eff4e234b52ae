package io.stackhouse.pipeline;

/**
 * A processor that holds batches back, until a time has come or there is enough.
 *
 * <p>Threads: {@link #tick} by the lane's thread like {@link #accept}, never at the same time. {@link #close} is called when the lane
 * has ended or has other stages, and hands on everything that is still held, on the thread that closes.
 *
 * <p>The receipt of a batch that is held stays open, so that the journal keeps its request: after a crash what was held comes
 * again. What is made of several batches carries a receipt that settles all of theirs.
 */
public interface TimedProcessor extends Processor {
    /** Hands on what is due by the clock. Called between batches, about every 50 ms; it returns soon. */
    void tick();
}
