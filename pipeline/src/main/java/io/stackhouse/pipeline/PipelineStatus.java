package io.stackhouse.pipeline;

import java.util.List;

/**
 * A pipeline at one moment.
 *
 * @param id such as {@code profiles/fast}
 * @param parts what it is made of
 * @param flow how data move through it
 */
public record PipelineStatus(String id, Parts parts, Flow flow) {
    /** Components by their ids; processors in their order. */
    public record Parts(List<ComponentId> receivers, List<ComponentId> processors, List<ComponentId> exporters) {}

    /**
     * How data move.
     *
     * @param pendingRequests accepted requests that not every destination has
     * @param oldestPendingNanos how long ago the oldest of them was received, by the wall clock; 0 when there is none
     * @param sinceProgressNanos how long ago a request was delivered or given up; since the start when none ever was
     * @param deliveredRequests requests that every destination has, since the start
     * @param droppedRequests requests that were given up in a stage or at a destination, since the start
     */
    public record Flow(
            long pendingRequests,
            long oldestPendingNanos,
            long sinceProgressNanos,
            long deliveredRequests,
            long droppedRequests) {
        /** What a pipeline shows that doesn't run yet. */
        public static final Flow NONE = new Flow(0, 0, 0, 0, 0);
    }
}
