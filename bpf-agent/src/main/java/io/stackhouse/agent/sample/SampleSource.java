package io.stackhouse.agent.sample;

/**
 * Where samples come from. A stack's body is handed over once, at first sight; how often it was seen comes with each drain. Each
 * sample is in exactly one place: in a count, in a {@link TracedSample} (sleeps are there alone), in a {@linkplain RawStack#isSingle() single} body, or in
 * {@link SampleCounters#lost()}.
 *
 * <p>One thread calls everything. When it is slow, the kernel's buffers fill, and samples degrade as {@link SampleCounters} tells.
 * {@link #close()} stops sampling and gives all kernel objects back; a second call does nothing.
 */
public interface SampleSource extends AutoCloseable {
    /** Begins sampling. */
    void start();

    /** What one sample stands for. */
    EventPeriods periods();

    /** Waits for stacks, at most so long, and hands over what has come. */
    void poll(int timeoutMillis, StackConsumer stacks);

    /** Ends an interval: hands over all bodies that its counts refer to, then its counts. */
    void drain(StackConsumer stacks, CountConsumer counts);

    /**
     * Makes the source send this stack's body again when it is next seen. Samples that are under way may still be counted under the
     * hash: they come with the next drain, or the one after.
     */
    void forget(long hash);

    /** Ends sampling; what was taken until then can still be drained, and the counters then add up exactly. */
    void stop();

    /** A snapshot of the counters of CPU samples since the start. */
    default SampleCounters counters() {
        return counters(Event.CPU);
    }

    /** A snapshot of the counters of an event since the start; all zero if it is not sampled. */
    SampleCounters counters(Event event);

    /** The chance with which a sleep is drawn now, in millionths; 0 if none are. */
    long sleepChanceMillionths();

    @Override
    void close();
}
