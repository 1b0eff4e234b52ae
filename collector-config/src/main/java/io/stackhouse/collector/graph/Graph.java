package io.stackhouse.collector.graph;

import io.stackhouse.collector.config.CollectorConfig;
import io.stackhouse.collector.graph.Parts.Stage;
import io.stackhouse.pipeline.Component;
import io.stackhouse.pipeline.PortTakenException;
import io.stackhouse.pipeline.ServiceStatus.Phase;
import io.stackhouse.receiver.Listening;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A configuration's components, started downstream first and stopped upstream first.
 *
 * <p>One thread. {@link #close} gives each component a bounded time; one that doesn't come back is reported and left behind.
 *
 * <p><b>Reload.</b> {@link #reload} builds what is new beside what runs, starts it, and only then lets requests go there:
 * <ol>
 *   <li>A component with the same id and equal settings stays as it is, with its sockets, connections, queues and caches. All others are
 *       made anew, and started downstream first. A receiver that wants the port of one that ends gets it; the old one comes
 *       back when something fails after that. On any failure what was started is closed, and nothing has changed.
 *   <li>Each pipeline that stays keeps its journal, feeder, ring and thread, and gets its new stages between two batches
 *       ({@link io.stackhouse.pipeline.ring.Pipeline#exchange}). So each request is taken from the journal once, and runs either through
 *       the old stages or through the new ones. Then the doors behind the receivers turn to the new pipelines.
 *   <li>What is no longer named is closed, upstream first: a pipeline that ends is drained; old stages hand on what they hold, old
 *       exporters deliver what they have, and both settle with the journal that stays. What an old exporter can't deliver in its time
 *       goes through the new stages, and to all destinations of that pipeline again.
 * </ol>
 * A pipeline whose journal or ring is to be another one is drained and replaced; when both journals lie in the same folder it keeps the old
 * sizes until the next start.
 */
public final class Graph implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Graph.class);
    private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final Workshop workshop;
    private final GraphStatus status = new GraphStatus();
    private Parts parts;
    private boolean isClosed;

    Graph(CollectorConfig config, Workshop workshop, Parts parts) {
        this.workshop = workshop;
        this.parts = parts;
        status.show(config, parts);
        status.tell(parts);
    }

    /**
     * Starts all; when one fails, stops what was started.
     *
     * @throws IllegalStateException that names the component, with a message for the operator
     */
    public void start() {
        for (Stage stage : parts.downstreamFirst()) {
            try {
                stage.component().start();
            } catch (RuntimeException e) {
                close();
                throw named(stage, e);
            }
        }
        status.enter(Phase.RUNNING);
    }

    /**
     * Goes on with another configuration, as said above.
     *
     * @throws IllegalStateException that names what can't start, with a message for the operator; everything is as before then
     */
    public void reload(CollectorConfig config) {
        Parts next = new PartsBuilder(config, workshop, parts).build();
        Parts old = parts;
        List<Stage> fresh = without(next.downstreamFirst(), old.downstreamFirst());
        List<Stage> leaving = without(old.downstreamFirst(), next.downstreamFirst());
        status.tell(next);
        startBeside(fresh, leaving);
        next.takeOver();
        parts = next;
        status.show(config, next);
        closeUpstreamFirst(leaving);
        next.lines.values().forEach(line -> line.pipeline().redeliver());
        LOG.info("Reloaded: {} components are new, {} have ended", fresh.size(), leaving.size());
    }

    private static List<Stage> without(List<Stage> stages, List<Stage> others) {
        Set<Component> known = Collections.newSetFromMap(new IdentityHashMap<>());
        others.forEach(stage -> known.add(stage.component()));
        return stages.stream()
                .filter(stage -> !known.contains(stage.component()))
                .toList();
    }

    private static void startBeside(List<Stage> fresh, List<Stage> leaving) {
        List<Stage> started = new ArrayList<>();
        List<Stage> gaveWay = new ArrayList<>();
        for (Stage stage : fresh) {
            started.add(stage);
            try {
                startOnPortsOf(leaving, stage, gaveWay);
            } catch (RuntimeException e) {
                closeUpstreamFirst(started);
                gaveWay.forEach(Graph::comeBack);
                throw named(stage, e);
            }
        }
    }

    /** Starts it; those that are leaving and hold its ports are closed, and added to {@code gaveWay}. */
    private static void startOnPortsOf(List<Stage> leaving, Stage stage, List<Stage> gaveWay) {
        while (true) {
            try {
                stage.component().start();
                return;
            } catch (PortTakenException e) {
                Stage holder = holder(leaving, e.port());
                if (holder == null) {
                    throw e;
                }
                gaveWay.add(holder);
                closeWithin(holder);
            }
        }
    }

    private static @Nullable Stage holder(List<Stage> stages, int port) {
        for (Stage stage : stages) {
            boolean holds = stage.component() instanceof Listening listening
                    && listening.ports().stream().anyMatch(open -> open.port() == port);
            if (holds) {
                return stage;
            }
        }
        return null;
    }

    private static void comeBack(Stage stage) {
        try {
            stage.component().start();
        } catch (RuntimeException e) {
            LOG.error("{} gave its port away and can't start again: {}", stage.name(), e.getMessage());
        }
    }

    private static IllegalStateException named(Stage stage, RuntimeException e) {
        String message = String.valueOf(e.getMessage());
        return new IllegalStateException(message.startsWith(stage.name()) ? message : stage.name() + ": " + message, e);
    }

    /** What is listened on, such as {@code otlp grpc 127.0.0.1:4317, http 127.0.0.1:4318}; for people. */
    public List<String> listening() {
        List<String> out = new ArrayList<>();
        for (Stage stage : parts.downstreamFirst()) {
            if (stage.component() instanceof Listening listening
                    && !listening.ports().isEmpty()) {
                List<String> ports =
                        listening.ports().stream().map(Listening.Port::toString).toList();
                out.add(stage.name().substring(stage.name().indexOf(' ') + 1) + " " + String.join(", ", ports));
            }
        }
        return out;
    }

    /** The open ports of all components. */
    public List<Listening.Port> ports() {
        List<Listening.Port> out = new ArrayList<>();
        for (Stage stage : parts.downstreamFirst()) {
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
        status.enter(Phase.STOPPING);
        closeUpstreamFirst(parts.downstreamFirst());
    }

    private static void closeUpstreamFirst(List<Stage> downstreamFirst) {
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
