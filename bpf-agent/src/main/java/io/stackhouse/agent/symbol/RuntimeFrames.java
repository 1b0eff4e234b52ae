package io.stackhouse.agent.symbol;

import io.stackhouse.agent.process.TracedProcess;

/**
 * Names frames of code that a run time generated and describes itself. Threads: that of the symbolizer. Never throws for what it finds in a process.
 */
public interface RuntimeFrames {
    /** None: all generated code is left to perf maps. */
    RuntimeFrames NONE = new RuntimeFrames() {
        @Override
        public void prepare(TracedProcess process) {}

        @Override
        public boolean add(TracedProcess process, RuntimeFrame frame, FrameList into) {
            return false;
        }
    };

    /** Called before the frames of each new stack: a chance to look at a process that is new. */
    void prepare(TracedProcess process);

    /** Adds the frames that the one stands for, innermost first; false, with nothing added, if nothing is known of it. */
    boolean add(TracedProcess process, RuntimeFrame frame, FrameList into);

    /**
     * A frame as the BPF program recorded it.
     *
     * @param type what it is: a number from 1 to 15 that means something to the run time alone
     * @param address of the code, or of what stands for it
     * @param cookie what tells it from whatever is at that address at another time; 0 if there is none
     * @param isExact whether the address is the instruction itself; else it is where a call returns to
     */
    record RuntimeFrame(int type, long address, long cookie, boolean isExact) {}
}
