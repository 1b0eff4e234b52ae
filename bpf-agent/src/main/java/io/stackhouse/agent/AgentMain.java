package io.stackhouse.agent;

import io.stackhouse.agent.context.TraceContexts;
import io.stackhouse.agent.export.OtlpGrpcSender;
import io.stackhouse.agent.jvm.JvmConfig;
import io.stackhouse.agent.jvm.JvmFrames;
import io.stackhouse.agent.kernel.KernelProbe;
import io.stackhouse.agent.kernel.KernelReport;
import io.stackhouse.agent.libbpf.NativeException;
import io.stackhouse.agent.process.ProcessTable;
import io.stackhouse.agent.process.ProcessTableConfig;
import io.stackhouse.agent.sample.BpfSampleSource;
import io.stackhouse.agent.symbol.NativeSymbolizer;
import io.stackhouse.agent.symbol.SymbolizerConfig;
import io.stackhouse.agent.unwind.UnwindTables;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The agent's command line. Exit codes: 0 fine, 1 failed while running, 2 wrong usage, 3 kernel or privileges lack something.
 *
 * <p>One run per process: {@link #main} ends the process. SIGTERM and SIGINT end it in order, with the open interval sent.
 */
@Command(
        name = "stackhouse agent",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        usageHelpAutoWidth = true,
        description = "Samples the stacks of every process on this host by eBPF and sends them as OTLP profiles.",
        footer = {
            "",
            "Examples:",
            "  stackhouse agent --check",
            "  stackhouse agent --endpoint http://collector:4317 --frequency 19",
            "  stackhouse agent --endpoint https://otlp.example.com:4317 --interval 5s --for 1m",
            "",
            "Exit codes: 0 fine, 1 failed while running, 2 wrong usage, 3 kernel or privileges lack something."
        })
public final class AgentMain implements Callable<Integer> {
    static final int EXIT_OK = 0;
    static final int EXIT_FAILED = 1;
    static final int EXIT_LACKING = 3;

    private static final Logger LOG = LoggerFactory.getLogger(AgentMain.class);
    private static final long SHUTDOWN_SECONDS = 5;

    /** Completed by whatever ends the run: a signal, the end of stdin, or time. */
    private final CompletableFuture<String> stop = new CompletableFuture<>();

    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private final AgentOptions options = new AgentOptions();

    @Option(
            names = "--for",
            paramLabel = "DURATION",
            converter = DurationOption.class,
            description = "End after this time. Default: run until stopped")
    private @Nullable Duration runFor;

    @Option(
            names = "--exit-with-stdin",
            description = "End when standard input ends, so as not to outlive the parent process.")
    private boolean exitWithStdin;

    @Option(
            names = "--check",
            description = "Print what kernel and privileges give, and exit: 0 if sampling is possible, else 3.")
    private boolean check;

    /** Runs the agent and ends the process. */
    public static void main(String[] args) {
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
        AgentMain main = new AgentMain();
        CompletableFuture<Integer> exitCode = new CompletableFuture<>();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> main.endBySignal(exitCode), "stackhouse-shutdown"));
        int code = commandLine(main).execute(args);
        exitCode.complete(code);
        System.exit(code);
    }

    static CommandLine commandLine(AgentMain main) {
        // A launcher gives options before those of its user: the last one counts.
        return new CommandLine(main).setCaseInsensitiveEnumValuesAllowed(true).setOverwrittenOptionsAllowed(true);
    }

    @Override
    public Integer call() throws InterruptedException {
        AgentConfig config = config();
        KernelReport report = KernelProbe.run();
        if (check) {
            return printReport(report);
        }
        if (!report.obstacles().isEmpty()) {
            report.obstacles().forEach(obstacle -> err().println("stackhouse agent: " + obstacle));
            return EXIT_LACKING;
        }
        report.lines().forEach(line -> LOG.info("{}", line));
        return run(config);
    }

    private int run(AgentConfig config) throws InterruptedException {
        BpfSampleSource source;
        try {
            source = BpfSampleSource.load(config.sampler());
        } catch (NativeException e) {
            err().println("stackhouse agent: the kernel refuses the BPF program: " + e.getMessage());
            return EXIT_LACKING;
        }
        JvmFrames jvms = JvmFrames.of(JvmConfig.defaults(), source.hotspots());
        ProcessTable processes = new ProcessTable(ProcessTableConfig.defaults());
        Agent.Parts parts = new Agent.Parts(
                source,
                processes,
                jvms,
                new NativeSymbolizer(SymbolizerConfig.defaults(), jvms, config.debugInfo()),
                new OtlpGrpcSender(config.sender()),
                tables(config, source, processes),
                contexts(config, source));
        try (Agent agent = Agent.start(config, parts)) {
            LOG.info(
                    "Sampling every process at {} Hz per CPU; sending to {} each {} ms; {} KiB of BPF maps",
                    config.sampler().frequencyHertz(),
                    config.sender().endpoint(),
                    config.interval().toMillis(),
                    source.mapBytes() >> 10);
            if (agent.metricsAddress() != null) {
                LOG.info(
                        "Metrics: http://{}:{}/metrics",
                        config.metricsHost(),
                        agent.metricsAddress().getPort());
            }
            return await(agent);
        } catch (UncheckedIOException e) {
            err().println("stackhouse agent: " + e.getMessage());
            return EXIT_FAILED;
        }
    }

    private static @Nullable UnwindTables tables(AgentConfig config, BpfSampleSource source, ProcessTable processes) {
        int bytes = config.sampler().maxTableBytes();
        return bytes == 0
                ? null
                : new UnwindTables(
                        processes, source.unwindMaps(), bytes, config.sampler().maxProcesses());
    }

    private static @Nullable TraceContexts contexts(AgentConfig config, BpfSampleSource source) {
        return config.sampler().contexts()
                ? new TraceContexts(source, config.sampler().maxProcesses(), config.bpfRoot())
                : null;
    }

    /** Until something asks for the end, or sampling fails. */
    private int await(Agent agent) throws InterruptedException {
        if (exitWithStdin) {
            new StdinWatch(() -> stop.complete("standard input ended")).start();
        }
        CompletableFuture<Object> first = CompletableFuture.anyOf(stop, agent.ended());
        try {
            Object reason = runFor == null ? first.get() : first.get(runFor.toMillis(), TimeUnit.MILLISECONDS);
            LOG.info("Ending: {}", reason);
            return EXIT_OK;
        } catch (TimeoutException e) {
            LOG.info("Ending: the time is over");
            return EXIT_OK;
        } catch (ExecutionException e) {
            LOG.error("Sampling failed", e.getCause());
            return EXIT_FAILED;
        }
    }

    /** In the shutdown hook: asks for the end and waits for it, so that the open interval is still sent. */
    private void endBySignal(CompletableFuture<Integer> exitCode) {
        stop.complete("stopped by a signal");
        try {
            // A normal end after a signal is no failure: without this the JVM would exit with 128 + signal.
            Runtime.getRuntime().halt(exitCode.get(SHUTDOWN_SECONDS, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.error("Did not end within {} s", SHUTDOWN_SECONDS);
            Runtime.getRuntime().halt(EXIT_FAILED);
        }
    }

    private int printReport(KernelReport report) {
        PrintWriter out = commandSpec().commandLine().getOut();
        report.lines().forEach(out::println);
        if (report.obstacles().isEmpty()) {
            out.println("Sampling is possible.");
            return EXIT_OK;
        }
        out.println("Sampling is not possible:");
        report.obstacles().forEach(obstacle -> out.println("- " + obstacle));
        return EXIT_LACKING;
    }

    AgentConfig config() {
        try {
            return options.config();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(commandSpec().commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private PrintWriter err() {
        return commandSpec().commandLine().getErr();
    }

    private CommandSpec commandSpec() {
        if (spec == null) {
            throw new IllegalStateException("not run by picocli");
        }
        return spec;
    }
}
