package io.stackhouse.processor.filter;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Settings of {@code filter}. Conditions of a list are joined by or; what one holds for is dropped.
 *
 * @param errorMode what happens when a condition can't be decided for an item
 * @param traceConditions for spans
 * @param profileConditions for profiles and samples
 * @param traces the older keys, where paths belong to their list
 * @param profiles the older keys, where paths belong to their list
 */
public record FilterConfig(
        ErrorMode errorMode,
        List<String> traceConditions,
        List<String> profileConditions,
        @Nullable TraceFilters traces,
        @Nullable ProfileFilters profiles) {

    /** What happens when a condition can't be decided for an item. */
    public enum ErrorMode {
        /** It is logged and doesn't hold. */
        IGNORE,
        /** It doesn't hold. */
        SILENT,
        /** The batch is given up, counted and logged. */
        PROPAGATE
    }

    /** Older keys for traces. */
    public record TraceFilters(
            @Nullable List<String> resource, @Nullable List<String> span) {}

    /** Older keys for profiles. */
    public record ProfileFilters(
            @Nullable List<String> resource, @Nullable List<String> profile) {}

    public FilterConfig {
        traceConditions = List.copyOf(traceConditions);
        profileConditions = List.copyOf(profileConditions);
    }
}
