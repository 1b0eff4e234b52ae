package io.stackhouse.collector.graph;

import io.stackhouse.pipeline.Component;
import io.stackhouse.receiver.Listening;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A configuration's components, started downstream first and stopped upstream first.
 *
 * <p>One thread. {@link #close} gives each component a bounded time; one that doesn't come back is reported and left behind.
 */
public final class Graph implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Graph.class);
    private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(30);

    /**
     * One component.
     *
     * @param name for messages, such as {@code exporter clickhouse}
     */
    record Stage(String name, Component component) {}

    private final List<Stage> downstreamFirst;
    private boolean isClosed;

    Graph(List<Stage> downstreamFirst) {
        this.downstreamFirst = List.copyOf(downstreamFirst);
    }

    /**
     * Starts all; when one fails, stops what was started.
     *
     * @throws IllegalStateException that names the component, with a message for the operator
     */
    public void start() {
        for (Stage stage : downstreamFirst) {
            try {
                stage.component().start();
            } catch (RuntimeException e) {
                close();
                String message = String.valueOf(e.getMessage());
                throw new IllegalStateException(
                        message.startsWith(stage.name()) ? message : stage.name() + ": " + message, e);
            }
        }
    }

    /** What is listened on, such as {@code otlp grpc 127.0.0.1:4317, http 127.0.0.1:4318}; for people. */
    public List<String> listening() {
        List<String> out = new ArrayList<>();
        for (Stage stage : downstreamFirst) {
            if (stage.component() instanceof Listening listening) {
                List<String> ports =
                        listening.ports().stream().map(Listening.Port::toString).toList();
                out.add(stage.name().substring(stage.name().indexOf(' ') + 1) + " " + String.join(", ", ports));
            }
        }
        return out;
    }

    /** The open ports of all receivers. */
    public List<Listening.Port> ports() {
        List<Listening.Port> out = new ArrayList<>();
        for (Stage stage : downstreamFirst) {
            if (stage.component() instanceof Listening listening) {
                out.addAll(listening.ports());
            }
        }
        return out;
    }

    @Override
    public void close() {
        if (isClosed) {
            return;
        }
        isClosed = true;
        boolean isInterrupted = false;
        for (int i = downstreamFirst.size() - 1; i >= 0; i--) {
            isInterrupted |= closeWithin(downstreamFirst.get(i));
        }
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Says whether this thread was interrupted meanwhile. */
    private static boolean closeWithin(Stage stage) {
        Thread closer = new Thread(() -> close(stage), "stop " + stage.name());
        closer.setDaemon(true);
        closer.start();
        long deadline = System.nanoTime() + CLOSE_NANOS;
        boolean isInterrupted = false;
        long left = CLOSE_NANOS;
        while (closer.isAlive() && left > 0) {
            try {
                TimeUnit.NANOSECONDS.timedJoin(closer, left);
            } catch (InterruptedException e) {
                isInterrupted = true;
            }
            left = deadline - System.nanoTime();
        }
        if (closer.isAlive()) {
            LOG.error(
                    "{} didn't stop within {} s and is left behind; what it held may be lost",
                    stage.name(),
                    TimeUnit.NANOSECONDS.toSeconds(CLOSE_NANOS));
        }
        return isInterrupted;
    }

    private static void close(Stage stage) {
        try {
            stage.component().close();
        } catch (RuntimeException e) {
            LOG.error("{} failed to stop", stage.name(), e);
        }
    }
}
