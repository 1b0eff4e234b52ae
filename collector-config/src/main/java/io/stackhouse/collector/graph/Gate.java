package io.stackhouse.collector.graph;

import io.stackhouse.pipeline.Inlet;
import io.stackhouse.pipeline.Inlets;
import io.stackhouse.pipeline.RefusedException;
import io.stackhouse.pipeline.Signal;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The doors between a receiver and its pipelines, over reloads: the receiver keeps its {@link #inlets}. {@link #exchange} by one thread. */
final class Gate {
    private static final long RETRY_AFTER_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final EnumMap<Signal, Door> doors = new EnumMap<>(Signal.class);
    private final Inlets inlets = new Inlets(Map.of());

    Gate(Map<Signal, Inlet> targets) {
        exchange(targets);
    }

    Inlets inlets() {
        return inlets;
    }

    /** Other pipelines from the next request on; a signal that has none any more is refused. */
    void exchange(Map<Signal, Inlet> targets) {
        Map<Signal, Door> before = new EnumMap<>(doors);
        before.forEach((signal, door) -> {
            Inlet target = targets.get(signal);
            if (target != null) {
                door.exchange(target);
            }
        });
        doors.keySet().retainAll(targets.keySet());
        targets.forEach((signal, target) -> doors.computeIfAbsent(signal, unused -> new Door(target)));
        inlets.exchange(new EnumMap<>(doors));
        before.keySet().removeAll(targets.keySet());
        before.values()
                .forEach(door -> door.exchange((request, ack) ->
                        ack.refused(new RefusedException("its pipelines were taken away", RETRY_AFTER_NANOS))));
    }
}
