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
        NONE(0, "Samples whose walk ended: there was nothing to walk."),
        COMPLETE(1, "Samples whose walk ended: a table says: the first frame of its thread."),
        COMPLETE_FRAME_POINTER(2, "Samples whose walk ended: a chain of frame pointers ended in 0."),
        READ_FAULT(3, "Samples whose walk ended: stack memory could not be read."),
        NO_RULE(
                4,
                "Samples whose walk ended: no table has a rule for the address, and there was no chain of frame pointers."),
        BAD_FRAME(5, "Samples whose walk ended: the rule did not lead up the stack."),
        TOO_DEEP(6, "Samples whose walk ended: more frames than are taken."),
        OUTSIDE_CODE(7, "Samples whose walk ended: the return address was in no code."),
        HOTSPOT(8, "Samples whose walk ended: the step through a JVM's code cache failed."),
        TABLES_MISSING(9, "Samples whose walk ended: mappings or tables were not there yet."),
        NO_REGISTERS(10, "Samples whose walk ended: the thread had no user registers.");

        private final int status;

        private final String description;

        End(int status, String description) {
            this.status = status;
            this.description = description;
        }

        /** What {@link RawStack#status} is then. */
        public int status() {
            return status;
        }

        /** What the metric says of it. */
        public String description() {
            return description;
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
