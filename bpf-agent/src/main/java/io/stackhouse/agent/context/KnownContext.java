package io.stackhouse.agent.context;

import io.stackhouse.agent.process.TracedProcess;
import org.jspecify.annotations.Nullable;

/** What is known of one process's contexts, and when it is looked at next. Threads: that of {@link ProcessContexts}. */
final class KnownContext {
    final TracedProcess process;
    /** Whether it had just begun when it was met: then its first interval waits for its context. */
    final boolean isYoung;

    /**
     * What had the pid before exec and looks like the same program: it was sampled under the old one, and by the time that procfs was read the new one was
     * there. It goes by the same name.
     */
    @Nullable
    TracedProcess predecessor;

    boolean wasPredecessorAwaited;

    /** Where the header lies; 0 if there is none yet. */
    long header;
    /** As it was when the context was read last; 0 to read it again in any case. */
    long publishedAt;

    @Nullable
    ProcessContext context;

    @Nullable
    VariablePlace place;

    boolean wasAwaited;
    /** Its samples of the interval before wait. */
    boolean isHeld;

    boolean wasSampled = true;
    long nextLookNanos;
    long waitNanos;
    long lastRefreshNanos;

    KnownContext(TracedProcess process, boolean isYoung, long nextLookNanos, long waitNanos) {
        this.process = process;
        this.isYoung = isYoung;
        this.nextLookNanos = nextLookNanos;
        this.waitNanos = waitNanos;
    }

    /** Takes what the process publishes, for its predecessor too. */
    void publish(ProcessContext published) {
        context = published;
        process.publish(published.resource(), published.threadKeys());
        TracedProcess before = predecessor;
        if (before != null) {
            before.publish(published.resource(), published.threadKeys());
        }
    }

    /** Whether nothing more has to be searched for: only updates can change that. */
    boolean isComplete() {
        ProcessContext known = context;
        return known != null && (place != null || !known.hasThreadVariable());
    }
}
