package io.stackhouse.pipeline.ring;

import io.stackhouse.pipeline.Consumer;
import io.stackhouse.pipeline.TimedProcessor;
import java.util.List;

/**
 * What a lane runs: stages that hand on to one another. Immutable.
 *
 * @param head the first stage
 * @param timed those of them that look at the clock, the first first
 */
public record Stages(Consumer head, List<TimedProcessor> timed) {
    public Stages {
        timed = List.copyOf(timed);
    }
}
