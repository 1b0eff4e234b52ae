package io.stackhouse.agent.sample;

/** What a stack was taken for. One stack taken for two events is two stacks, with a hash each. */
public enum Event {
    /** CPU time: a sample stands for one period of it. */
    CPU(0),
    /** Page faults: a sample stands for one period of them. */
    PAGE_FAULT(1),
    /** A sleep that was drawn: its value is its duration, divided by the chance with which it was drawn. */
    OFF_CPU(2);

    private final int code;

    Event(int code) {
        this.code = code;
    }

    /** As the BPF program numbers them (SH_EVENT_x of stackhouse.h). */
    int code() {
        return code;
    }

    /** Whether there is an event of this number. */
    static boolean isCode(int code) {
        return code >= 0 && code <= OFF_CPU.code;
    }

    static Event of(int code) {
        return code == CPU.code ? CPU : code == PAGE_FAULT.code ? PAGE_FAULT : OFF_CPU;
    }
}
