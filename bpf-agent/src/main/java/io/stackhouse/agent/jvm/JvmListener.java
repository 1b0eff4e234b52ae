package io.stackhouse.agent.jvm;

import io.stackhouse.agent.process.TracedProcess;

/** Learns of JVMs, so that their stacks can be walked. Threads: that of the symbolizer. */
interface JvmListener {
    void found(TracedProcess process, Jvm jvm);

    void forgotten(TracedProcess process);
}
