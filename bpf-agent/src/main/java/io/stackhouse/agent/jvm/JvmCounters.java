package io.stackhouse.agent.jvm;

import java.util.concurrent.atomic.AtomicLong;

/** What was found out about JVMs, as plain numbers since the start. Threads: any may read. */
public final class JvmCounters {
    final AtomicLong found = new AtomicLong();
    final AtomicLong notReadable = new AtomicLong();
    final AtomicLong frames = new AtomicLong();
    final AtomicLong inlinedFrames = new AtomicLong();
    final AtomicLong unnamedFrames = new AtomicLong();
    final AtomicLong methodsRead = new AtomicLong();
    final AtomicLong replacedMethods = new AtomicLong();

    JvmCounters() {}

    /** JVMs whose code cache is known. */
    public long found() {
        return found.get();
    }

    /** How often a JVM could not be read: not ready yet, gone, or of an unknown kind. */
    public long notReadable() {
        return notReadable.get();
    }

    /** Frames of new stacks in a JVM's generated code, inlined ones not counted. */
    public long frames() {
        return frames.get();
    }

    public long inlinedFrames() {
        return inlinedFrames.get();
    }

    /** Frames that stayed without a name: their code was gone, or had been replaced. */
    public long unnamedFrames() {
        return unnamedFrames.get();
    }

    public long methodsRead() {
        return methodsRead.get();
    }

    /** Frames whose code or method had been replaced by another between the sample and now. */
    public long replacedMethods() {
        return replacedMethods.get();
    }
}
