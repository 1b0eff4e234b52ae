package io.stackhouse.pipeline;

import java.util.Locale;

/** The kinds of telemetry that a pipeline can carry. */
public enum Signal {
    PROFILES,
    TRACES;

    /** The name in a configuration file, such as {@code profiles}. */
    public String configName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
