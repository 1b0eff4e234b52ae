package io.stackhouse.agent.interval;

import io.stackhouse.agent.process.TracedProcess;
import io.stackhouse.agent.symbol.SymbolizedStack;
import org.jspecify.annotations.Nullable;

/** A stack of one event, process and thread name, with the samples of the interval that is open. One thread. */
final class KnownStack {
    private static final int NOT_LEAVING = -1;

    private final long hash;
    private final Subject subject;
    private final @Nullable String threadName;
    private final @Nullable SymbolizedStack frames;
    private long samples;
    private boolean wasTraced;
    private int idleIntervals;
    private boolean hasRecurred;
    private int drainsLeft = NOT_LEAVING;

    /**
     * A stack without samples.
     *
     * @param threadName null if it is not known
     * @param frames null if the kernel had no room for them
     */
    KnownStack(long hash, Subject subject, @Nullable String threadName, @Nullable SymbolizedStack frames) {
        this.hash = hash;
        this.subject = subject;
        this.threadName = threadName;
        this.frames = frames;
    }

    long hash() {
        return hash;
    }

    TracedProcess process() {
        return subject.process();
    }

    Subject subject() {
        return subject;
    }

    @Nullable
    String threadName() {
        return threadName;
    }

    @Nullable
    SymbolizedStack frames() {
        return frames;
    }

    long samples() {
        return samples;
    }

    void addSamples(long more) {
        samples += more;
    }

    /** It had a sample that is kept with its context, and is not among {@link #samples()}. */
    void markTraced() {
        hasRecurred |= wasTraced;
        wasTraced = true;
    }

    /** The same stack with its samples; this one has none any more, but stays as known as with them. */
    KnownStack takeSamples() {
        KnownStack taken = new KnownStack(hash, subject, threadName, frames);
        taken.samples = samples;
        hasRecurred |= samples > 1;
        wasTraced = true;
        samples = 0;
        return taken;
    }

    /** Ends the interval; gives how many have passed without a sample. */
    int endInterval() {
        hasRecurred |= samples > 1;
        idleIntervals = samples > 0 || wasTraced ? 0 : idleIntervals + 1;
        samples = 0;
        wasTraced = false;
        return idleIntervals;
    }

    /** Whether any interval had more than one sample of it. */
    boolean hasRecurred() {
        return hasRecurred;
    }

    /** The kernel was told to forget it; samples under way come with one of the next drains. */
    void leaveAfter(int drains) {
        drainsLeft = drains;
    }

    boolean isLeaving() {
        return drainsLeft != NOT_LEAVING;
    }

    /** Its body came again: the kernel knows it anew. */
    void stay() {
        drainsLeft = NOT_LEAVING;
        idleIntervals = 0;
    }

    /** True when the last drain in which it could still be counted is over. */
    boolean hasLeft() {
        return drainsLeft != NOT_LEAVING && --drainsLeft <= 0;
    }
}
