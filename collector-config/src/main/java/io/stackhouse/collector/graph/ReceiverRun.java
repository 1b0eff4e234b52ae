package io.stackhouse.collector.graph;

import io.stackhouse.pipeline.Component;
import io.stackhouse.receiver.Listening;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A receiver that can be started again after it was closed, by making it anew: it may have to give its port to another one, and to come
 * back when that one fails. Threads as {@link Component} has them.
 */
final class ReceiverRun implements Component, Listening {
    private final Supplier<Component> maker;
    private @Nullable Component receiver;

    ReceiverRun(Supplier<Component> maker) {
        this.maker = maker;
    }

    @Override
    public void start() {
        Component made = maker.get();
        receiver = made;
        try {
            made.start();
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    @Override
    public List<Port> ports() {
        return receiver instanceof Listening listening ? listening.ports() : List.of();
    }

    @Override
    public void close() {
        Component open = receiver;
        receiver = null;
        if (open != null) {
            open.close();
        }
    }
}
