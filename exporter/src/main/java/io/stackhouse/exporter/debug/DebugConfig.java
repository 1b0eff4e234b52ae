package io.stackhouse.exporter.debug;

/**
 * Settings of the debug exporter, with the keys of the OpenTelemetry Collector.
 *
 * @param verbosity how much is shown of a batch
 * @param samplingInitial how many batches are shown in each second before sampling begins; 0 or more
 * @param samplingThereafter of those that follow in the same second every so many-th is shown; 0 for none
 * @param useInternalLogger whether dumps go to the collector's log; else they go to standard output, without time and level
 * @param maxItems rows, or spans, that are shown of one batch
 */
public record DebugConfig(
        Verbosity verbosity, int samplingInitial, int samplingThereafter, boolean useInternalLogger, int maxItems) {
    public DebugConfig {
        if (samplingInitial < 0) {
            throw new IllegalArgumentException("sampling_initial must be 0 or more, not " + samplingInitial);
        }
        if (samplingThereafter < 0) {
            throw new IllegalArgumentException(
                    "sampling_thereafter must be 0 (none), 1 (all) or more, not " + samplingThereafter);
        }
        if (maxItems < 1 || maxItems > 1_000_000) {
            throw new IllegalArgumentException("max_items must be 1 to 1000000, not " + maxItems);
        }
    }

    static DebugConfig defaults() {
        return new DebugConfig(Verbosity.BASIC, 2, 1, true, 100);
    }

    /** How much is shown of a batch. */
    public enum Verbosity {
        /** One line: how many of what. */
        BASIC,
        /** A line for each profile or span. */
        NORMAL,
        /** Everything: resources, scopes, types, samples with their stacks, spans with events and links. */
        DETAILED
    }
}
