package io.stackhouse.agent;

import io.stackhouse.agent.export.OtlpSenderConfig;
import io.stackhouse.agent.sample.Aggregation;
import io.stackhouse.agent.sample.MoreEvents;
import io.stackhouse.agent.sample.OnlineCpus;
import io.stackhouse.agent.sample.SamplerConfig;
import io.stackhouse.agent.symbol.DebugInfoConfig;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say what is sampled and where it goes. */
final class AgentOptions {
    private static final Duration MIN_INTERVAL = Duration.ofMillis(100);
    private static final Duration MAX_INTERVAL = Duration.ofMinutes(10);

    @Option(
            names = "--endpoint",
            paramLabel = "URL",
            defaultValue = "http://localhost:4317",
            description = "OTLP/gRPC receiver; http is plain text, https TLS. Default: ${DEFAULT-VALUE}")
    private String endpoint = "http://localhost:4317";

    @Option(
            names = "--frequency",
            paramLabel = "HZ",
            defaultValue = "99",
            description = "Samples per second and CPU, 1 to 10000. Default: ${DEFAULT-VALUE}")
    private int frequency;

    @Option(
            names = "--interval",
            paramLabel = "DURATION",
            defaultValue = "10s",
            converter = DurationOption.class,
            description = "How often what was counted is sent, 100ms to 10m. Default: ${DEFAULT-VALUE}")
    private Duration interval = Duration.ofSeconds(10);

    @Option(
            names = "--aggregation",
            paramLabel = "kernel|none",
            defaultValue = "kernel",
            description =
                    "kernel: equal samples are counted in the kernel. none: each sample is sent with its time. Default: ${DEFAULT-VALUE}")
    private Aggregation aggregation = Aggregation.KERNEL;

    @Option(
            names = "--page-faults",
            paramLabel = "N|off",
            defaultValue = "off",
            converter = CountOption.class,
            description =
                    "Also sample where memory grows: one of N page faults of each CPU, 1 to 1048576; 256 is one sample per MiB of 4 KiB pages. Default: ${DEFAULT-VALUE}")
    private int pageFaults;

    @Option(
            names = "--off-cpu",
            paramLabel = "N|off",
            defaultValue = "off",
            converter = CountOption.class,
            description =
                    "Also sample where threads sleep: about N sleeps per second and CPU, 1 to 10000, drawn with a chance that follows their number. Default: ${DEFAULT-VALUE}")
    private int offCpu;

    @Option(
            names = "--metrics-listen",
            paramLabel = "HOST:PORT",
            defaultValue = "localhost:8889",
            converter = ListenAddressOption.class,
            description =
                    "Where the agent's own metrics are served under /metrics; off for nowhere. Default: ${DEFAULT-VALUE}")
    private ListenAddressOption.Value metricsListen = new ListenAddressOption.Value(true, "", 0);

    @Option(
            names = "--ring-size",
            paramLabel = "SIZE",
            converter = SizeOption.class,
            description =
                    "Ring buffer for new stacks, a power of two from 4KiB to 8MiB. Default: 128KiB per CPU, at least 512KiB")
    private @Nullable Integer ringBytes;

    @Option(
            names = "--max-stacks",
            paramLabel = "N",
            description =
                    "Different stacks that are remembered; samples of more are kept without frames. Default: 32768")
    private @Nullable Integer maxStacks;

    @Option(
            names = "--max-counts",
            paramLabel = "N",
            description =
                    "Different stacks that an interval counts in the kernel; samples of more are sent one by one. Default: 16384")
    private @Nullable Integer maxCounts;

    @Option(
            names = "--max-processes",
            paramLabel = "N",
            description = "Processes that the kernel's side remembers; a forgotten one costs a wake-up. Default: 4096")
    private @Nullable Integer maxProcesses;

    @Option(
            names = "--max-unwind-memory",
            paramLabel = "SIZE",
            converter = TableSizeOption.class,
            description =
                    "Kernel memory for unwinding tables, 1MiB to 128MiB; off for frame pointers alone. Default: 64MiB")
    private @Nullable Integer maxTableBytes;

    @Option(
            names = "--lines",
            paramLabel = "true|false",
            arity = "1",
            description =
                    "Look up lines, inlined functions and names of separate debug files, in the background. Default: true")
    private boolean lines = true;

    @Option(
            names = "--debuginfod",
            paramLabel = "URL",
            description = "Server to ask for debug files that this host has not. Default: none is asked")
    private @Nullable URI debuginfod;

    @Option(
            names = "--trace-context",
            paramLabel = "true|false",
            arity = "1",
            description =
                    "Read what processes and their threads publish of themselves (OTEP 4719, OTEP 4947): resource attributes, trace and span of samples. Default: true")
    private boolean traceContext = true;

    @Option(
            names = "--bpf-root",
            paramLabel = "FOLDER",
            defaultValue = "/sys/fs/bpf",
            description =
                    "BPF file system where OpenTelemetry's eBPF instrumentation pins otel/traces_ctx_v1. Default: ${DEFAULT-VALUE}")
    private Path bpfRoot = Path.of("/sys/fs/bpf");

    /**
     * The settings that these options mean.
     *
     * @throws IllegalArgumentException if one is out of its bounds; the message says which
     */
    AgentConfig config() {
        if (interval.compareTo(MIN_INTERVAL) < 0 || interval.compareTo(MAX_INTERVAL) > 0) {
            throw new IllegalArgumentException("--interval " + interval.toMillis() + "ms: must be 100ms to 10m");
        }
        return new AgentConfig(
                OtlpSenderConfig.of(endpoint),
                interval,
                samplerConfig(),
                debugInfoConfig(),
                bpfRoot,
                metricsListen.isOff() ? null : metricsListen.address());
    }

    private DebugInfoConfig debugInfoConfig() {
        if (!lines) {
            return DebugInfoConfig.off();
        }
        if (debuginfod != null && (!"http".equals(debuginfod.getScheme()) && !"https".equals(debuginfod.getScheme()))) {
            throw new IllegalArgumentException("--debuginfod " + debuginfod + ": must be an http or https URL");
        }
        return DebugInfoConfig.defaults().withDebuginfod(debuginfod);
    }

    private SamplerConfig samplerConfig() {
        SamplerConfig defaults = SamplerConfig.of(frequency, aggregation, OnlineCpus.read().length);
        return new SamplerConfig(
                frequency,
                aggregation,
                ringBytes == null ? defaults.ringBytes() : ringBytes,
                maxStacks == null ? defaults.maxStacks() : maxStacks,
                maxCounts == null ? defaults.maxCounts() : maxCounts,
                maxProcesses == null ? defaults.maxProcesses() : maxProcesses,
                maxTableBytes == null ? defaults.maxTableBytes() : maxTableBytes,
                traceContext,
                new MoreEvents(pageFaults, offCpu));
    }
}
