package io.stackhouse.agent.sample;

import java.util.List;
import java.util.stream.LongStream;

/**
 * How user stacks were walked, since the start. Any thread.
 *
 * @param folded samples with a recursion whose repetitions were left out
 * @param needs requests for mappings or tables
 * @param tableSteps frames left by a rule of a table
 * @param framePointerSteps frames left by the frame pointer
 * @param hotspotSteps frames of generated code of a JVM
 * @param ends samples by SH_STATUS_x of stackhouse.h
 */
public record UnwindCounters(
        long folded, long needs, long tableSteps, long framePointerSteps, long hotspotSteps, List<Long> ends) {
    public static final UnwindCounters NONE = new UnwindCounters(0, 0, 0, 0, 0, new long[RecordLayout.STATUSES]);

    /** Why the walk of a user stack ended: SH_STATUS_x of stackhouse.h. */
    public enum End {
        /** There was nothing to walk. */
        NONE(0),
        /** A table says: the first frame of its thread. */
        COMPLETE(1),
        /** A chain of frame pointers ended in 0. */
        COMPLETE_FRAME_POINTER(2),
        /** Stack memory could not be read. */
        READ_FAULT(3),
        /** No table has a rule for the address, and there was no chain of frame pointers. */
        NO_RULE(4),
        /** The rule did not lead up the stack. */
        BAD_FRAME(5),
        /** More frames than are taken. */
        TOO_DEEP(6),
        /** The return address was in no code. */
        OUTSIDE_CODE(7),
        /** The step through a JVM's code cache failed. */
        HOTSPOT(8),
        /** Mappings or tables were not there yet. */
        TABLES_MISSING(9),
        /** The thread had no user registers. */
        NO_REGISTERS(10);

        private final int status;

        End(int status) {
            this.status = status;
        }
    }

    UnwindCounters(
            long folded, long needs, long tableSteps, long framePointerSteps, long hotspotSteps, long[] statuses) {
        this(
                folded,
                needs,
                tableSteps,
                framePointerSteps,
                hotspotSteps,
                LongStream.of(statuses).boxed().toList());
    }

    /** Samples whose walk ended so. */
    public long ended(End end) {
        return ends.get(end.status);
    }
}
