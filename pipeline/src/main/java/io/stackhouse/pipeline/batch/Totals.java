package io.stackhouse.pipeline.batch;

import io.stackhouse.pipeline.batch.ProfileHeader.ValueType;

/**
 * What a resource and scope spent in a window of time, exactly, as it was before rows were sampled away. Totals of the same
 * resource, scope, type and window add up, over batches too. Immutable.
 *
 * <p>{@code sum} is that of the rows' weights: of their values, for rows that no earlier hop has sampled. A sum that would not
 * fit into 64 bits is told in two of these.
 *
 * @param resource index into {@link ProfileBatch#resource}
 * @param scope the instrumentation scope
 * @param type of the values, and their unit
 * @param windowStartUnixNanos a multiple of {@code windowNanos}
 * @param windowNanos the window's length
 * @param sum in the unit of the values
 * @param observations how many single observations were summed
 * @param keptRows how many rows are left of them
 */
public record Totals(
        int resource,
        Scope scope,
        ValueType type,
        long windowStartUnixNanos,
        long windowNanos,
        long sum,
        long observations,
        long keptRows) {
    /** The same, for a batch that has the resource at another index. */
    public Totals withResource(int index) {
        return new Totals(index, scope, type, windowStartUnixNanos, windowNanos, sum, observations, keptRows);
    }
}
