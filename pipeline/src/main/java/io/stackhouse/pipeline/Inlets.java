package io.stackhouse.pipeline;

import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The doors behind a receiver, one for each signal that has a pipeline. Any thread; a receiver asks for each request, since whoever built the
 * pipelines may exchange the doors while it runs.
 */
public final class Inlets {
    private volatile Map<Signal, Inlet> bySignal;

    public Inlets(Map<Signal, Inlet> bySignal) {
        this.bySignal = copy(bySignal);
    }

    /** Other doors, all at once; requests that have theirs already still come to it. */
    public void exchange(Map<Signal, Inlet> doors) {
        bySignal = copy(doors);
    }

    private static Map<Signal, Inlet> copy(Map<Signal, Inlet> doors) {
        return doors.isEmpty() ? Map.of() : new EnumMap<>(doors);
    }

    /** The door for the signal, or null when no pipeline takes it from this receiver. */
    public @Nullable Inlet inlet(Signal signal) {
        return bySignal.get(signal);
    }
}
