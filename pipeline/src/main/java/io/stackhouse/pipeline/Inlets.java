package io.stackhouse.pipeline;

import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The doors behind a receiver, one for each signal that has a pipeline. Immutable. */
public final class Inlets {
    private final Map<Signal, Inlet> bySignal;

    public Inlets(Map<Signal, Inlet> bySignal) {
        this.bySignal = bySignal.isEmpty() ? Map.of() : new EnumMap<>(bySignal);
    }

    /** The door for the signal, or null when no pipeline takes it from this receiver. */
    public @Nullable Inlet inlet(Signal signal) {
        return bySignal.get(signal);
    }
}
