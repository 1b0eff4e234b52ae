package io.stackhouse.pipeline.ring;

import io.stackhouse.pipeline.Consumer;
import io.stackhouse.pipeline.TimedProcessor;
import io.stackhouse.pipeline.batch.Origin;
import java.util.List;
import java.util.function.Predicate;

/**
 * What a lane runs: stages that hand on to one another. Immutable.
 *
 * @param head the first stage
 * @param timed those of them that look at the clock, the first first
 * @param known whether every destination has a request already, so that it must not run through the stages again
 */
public record Stages(Consumer head, List<TimedProcessor> timed, Predicate<Origin> known) {
    public Stages {
        timed = List.copyOf(timed);
    }

    /** Stages before destinations that remember nothing. */
    public Stages(Consumer head, List<TimedProcessor> timed) {
        this(head, timed, origin -> false);
    }
}
