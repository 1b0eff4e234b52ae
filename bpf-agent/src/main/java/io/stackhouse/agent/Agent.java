package io.stackhouse.agent;

import io.stackhouse.agent.context.TraceContexts;
import io.stackhouse.agent.export.OtlpGrpcSender;
import io.stackhouse.agent.interval.IntervalConfig;
import io.stackhouse.agent.interval.IntervalEncoder;
import io.stackhouse.agent.interval.IntervalRecorder;
import io.stackhouse.agent.interval.PublishedContexts;
import io.stackhouse.agent.jvm.JvmFrames;
import io.stackhouse.agent.metrics.MetricsServer;
import io.stackhouse.agent.process.ProcessTable;
import io.stackhouse.agent.sample.Aggregation;
import io.stackhouse.agent.sample.BpfSampleSource;
import io.stackhouse.agent.symbol.NativeSymbolizer;
import io.stackhouse.agent.unwind.UnwindTables;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running agent: the sampling thread, the metrics page, and what they work with. Any thread may call it; {@link #close()} by one at a
 * time. Owns all its parts.
 *
 * <p>{@link #close()} ends sampling, gives what the open interval has at most two seconds to arrive, and takes the BPF program out of
 * the kernel. A second call does nothing.
 */
final class Agent implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Agent.class);
    private static final int MAX_IDLE_INTERVALS = 6;
    private static final long FLUSH_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Parts parts;
    private final ProfilerLoop loop;
    private final Thread thread;
    private final CompletableFuture<Boolean> ended = new CompletableFuture<>();
    private final @Nullable MetricsServer metrics;
    private boolean isClosed;

    /** What an agent is made of; it takes ownership. */
    record Parts(
            BpfSampleSource source,
            ProcessTable processes,
            JvmFrames jvms,
            NativeSymbolizer symbolizer,
            OtlpGrpcSender sender,
            @Nullable UnwindTables tables,
            @Nullable TraceContexts contexts) {}

    private Agent(AgentConfig config, Parts parts) {
        this.parts = parts;
        IntervalConfig bounds = new IntervalConfig(
                config.sampler().maxStacks(),
                MAX_IDLE_INTERVALS,
                config.sampler().aggregation() == Aggregation.NONE);
        BpfSampleSource source = parts.source();
        loop = new ProfilerLoop(
                new ProfilerLoop.Parts(
                        source,
                        parts.processes(),
                        new IntervalRecorder(bounds, parts.processes(), parts.symbolizer(), published(parts)),
                        new IntervalEncoder(Version.text(), source.periods()),
                        parts.sender()::submit,
                        parts.tables(),
                        parts.contexts()),
                config.interval());
        thread = new Thread(this::sample, "stackhouse-sampler");
        AgentPage page = new AgentPage(parts, loop);
        metrics = config.metricsListen() == null ? null : MetricsServer.start(config.metricsListen(), page::render);
    }

    private static PublishedContexts published(Parts parts) {
        return parts.contexts() == null
                ? PublishedContexts.NONE
                : parts.contexts().published();
    }

    /** Where the metrics page is served, or null for nowhere. */
    @Nullable
    InetSocketAddress metricsAddress() {
        return metrics == null ? null : metrics.address();
    }

    /** Starts sampling. On failure the parts are closed. */
    static Agent start(AgentConfig config, Parts parts) {
        try {
            Agent agent = new Agent(config, parts);
            agent.thread.start();
            return agent;
        } catch (RuntimeException e) {
            close(parts);
            throw e;
        }
    }

    /** Completes when sampling has ended: normally after {@link #close()}, exceptionally with what went wrong. */
    CompletableFuture<Boolean> ended() {
        return ended;
    }

    @Override
    public void close() {
        if (isClosed) {
            return;
        }
        isClosed = true;
        long deadline = System.nanoTime() + FLUSH_NANOS;
        loop.stop();
        try {
            thread.join(TimeUnit.NANOSECONDS.toMillis(FLUSH_NANOS));
            if (!parts.sender().flush(Math.max(0, deadline - System.nanoTime()))) {
                LOG.warn("The receiver did not take the last samples within 2 s: they are lost");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (metrics != null) {
            metrics.close();
        }
        if (thread.isAlive()) {
            // It may be inside a native call: its memory must stay. The end of the process detaches the program.
            LOG.warn(
                    "The sampling thread did not end within 2 s; the kernel removes its BPF program when this process ends");
            return;
        }
        close(parts);
    }

    private void sample() {
        try {
            loop.run();
            ended.complete(true);
        } catch (RuntimeException e) {
            ended.completeExceptionally(e);
        }
    }

    private static void close(Parts parts) {
        try (BpfSampleSource source = parts.source();
                UnwindTables tables = parts.tables();
                OtlpGrpcSender sender = parts.sender()) {
            parts.processes().close();
            parts.symbolizer().close();
            LOG.debug("Closing {}, {} and {}", source, tables, sender);
        } catch (Exception e) {
            LOG.warn("Could not close everything: {}", e.toString());
        }
    }
}
