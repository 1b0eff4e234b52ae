package io.stackhouse.agent.interval;

import io.stackhouse.agent.process.TracedProcess;

/** What processes publish about themselves, as far as an interval needs it. Threads: the one that samples. */
public interface PublishedContexts {
    /** Nothing is known of any process, and nothing is waited for. */
    PublishedContexts NONE = new PublishedContexts() {
        @Override
        public void met(TracedProcess process) {}

        @Override
        public void need(TracedProcess process, int key) {}

        @Override
        public boolean isAwaited(TracedProcess process, IntervalSpan span) {
            return false;
        }
    };

    /** Takes notice of a process; again and again for the same one. */
    void met(TracedProcess process);

    /** An attribute of a thread has this index: sees to it that the process's names of attributes are up to date with it. */
    void need(TracedProcess process, int key);

    /** Whether the samples of the interval shall wait for the process's context: true at most once per process. */
    boolean isAwaited(TracedProcess process, IntervalSpan span);
}
