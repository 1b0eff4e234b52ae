package io.stackhouse.collector;

import io.stackhouse.collector.config.CollectorConfig;
import io.stackhouse.collector.graph.Graph;
import io.stackhouse.collector.graph.GraphBuilder;
import io.stackhouse.collector.graph.Journals;
import io.stackhouse.collector.telemetry.LogSetup;
import io.stackhouse.collector.telemetry.SelfMetrics;
import io.stackhouse.pipeline.Clock;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs a configuration until the process is told to end. */
@Command(
        name = "run",
        description = {
            "Runs a configuration.",
            "Says 'collector is ready' on standard error when all ports are open. SIGTERM and Ctrl-C stop taking requests,"
                    + " give on what was accepted, and end. SIGHUP reads the configuration again and goes on with it, without"
                    + " closing what stays the same; a wrong one changes nothing."
        },
        mixinStandardHelpOptions = true,
        footerHeading = "%nExamples:%n",
        footer = {
            "  collector run --config quickstart.yaml",
            "  STACKHOUSE_CLICKHOUSE_ENDPOINT=http://db:8123 collector run --config quickstart.yaml"
        })
final class RunCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(RunCommand.class);
    private static final long DRAIN_SECONDS = 120;

    @CommandLine.Mixin
    private final ConfigOption config = new ConfigOption();

    @Option(
            names = "--exit-with-stdin",
            description = "End when standard input ends: with the process that started this one.")
    private boolean isBoundToStdin;

    @Spec
    private @Nullable CommandSpec spec;

    private final Orders orders = new Orders();
    private final CountDownLatch stopped = new CountDownLatch(1);

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter err = Objects.requireNonNull(spec).commandLine().getErr();
        CollectorConfig loaded = config.load(err);
        if (loaded == null) {
            return 1;
        }
        LogSetup.apply(loaded.telemetry().logs().level());
        loaded.warnings().forEach(warning -> LOG.warn("{}", warning));
        Runtime.getRuntime().addShutdownHook(new Thread(this::stopAndWait, "stop"));
        try {
            return run(loaded);
        } finally {
            stopped.countDown();
        }
    }

    private int run(CollectorConfig loaded) throws InterruptedException {
        if (isBoundToStdin) {
            watchStdin();
        }
        try (SelfMetrics metrics = SelfMetrics.start(loaded.telemetry().metrics());
                Graph graph = new GraphBuilder(loaded, metrics.meters(), Clock.system(), Journals.of(System.getenv()))
                        .build()) {
            Reloads reloads = new Reloads(config, loaded, graph, metrics.meters());
            orders.work(graph::start);
            HangUpSignal.handle(orders::reload);
            LOG.info("collector is ready: {}", String.join("; ", graph.listening()));
            follow(reloads);
            LOG.info("Stopping: giving on what was accepted");
        } catch (IllegalStateException e) {
            if (orders.isStopWanted()) {
                LOG.info("Stopped while it started: {}", e.getMessage());
                return 0;
            }
            LOG.error("The collector can't start: {}", e.getMessage());
            LOG.debug("Where it failed", e);
            return 1;
        }
        LOG.info("The collector has stopped");
        return 0;
    }

    /** Reloads as told, and when files change, until told to stop. */
    private void follow(Reloads reloads) throws InterruptedException {
        for (Orders.Order order = orders.await(reloads.intervalNanos());
                order != Orders.Order.STOP;
                order = orders.await(reloads.intervalNanos())) {
            boolean isOrdered = order == Orders.Order.RELOAD;
            if (!orders.isStopWanted()) {
                orders.work(isOrdered ? reloads::reload : reloads::reloadWhenChanged);
            }
        }
    }

    private void stopAndWait() {
        orders.stop();
        try {
            if (!stopped.await(DRAIN_SECONDS, TimeUnit.SECONDS)) {
                LOG.error("Not stopped after {} s; ending all the same", DRAIN_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void watchStdin() {
        Thread watcher = new Thread(this::awaitEndOfStdin, "stdin");
        watcher.setDaemon(true);
        watcher.start();
    }

    private void awaitEndOfStdin() {
        InputStream in = System.in;
        byte[] ignored = new byte[1024];
        try {
            int read = in.read(ignored);
            while (read >= 0) {
                read = in.read(ignored);
            }
            LOG.info("Standard input has ended");
        } catch (IOException e) {
            LOG.warn("Standard input failed: {}", e.getMessage());
        }
        orders.stop();
    }
}
