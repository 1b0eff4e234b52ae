package io.stackhouse.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.stackhouse.agent.libbpf.LoadedPrograms;
import io.stackhouse.agent.testing.AgentProcess;
import io.stackhouse.agent.testing.CProgram;
import io.stackhouse.agent.testing.CpuSeconds;
import io.stackhouse.agent.testing.KernelTests;
import io.stackhouse.agent.testing.OtlpServer;
import io.stackhouse.agent.testing.ReadmeTables;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole agent, as a process of its own, against a receiver that keeps what it gets. */
class AgentIT {
    private static final Duration LONG = Duration.ofSeconds(90);
    private static final long ENOUGH_NANOS = 4_000_000_000L;
    private static final String CAPABILITIES = "-all,+bpf,+perfmon,+sys_ptrace,+syslog,+dac_read_search";

    @TempDir
    Path folder;

    private OtlpServer receiver;
    private CProgram program;
    private Process burning;

    @BeforeEach
    void start() throws Exception {
        KernelTests.requireRoot();
        program = CProgram.build(folder, "burner", CProgram.BURNER);
        burning = program.start();
        receiver = new OtlpServer();
    }

    @AfterEach
    void stop() {
        if (burning != null) {
            burning.destroyForcibly();
        }
        if (receiver != null) {
            receiver.close();
        }
    }

    @Test
    void namesFunctionsWithTheirSharesOfCpuTime() throws Exception {
        try (AgentProcess agent = agent("--interval=1s", "--frequency=499").awaitSampling()) {
            Map<String, Long> functions = awaitFunctions(0);

            assertShares(functions);
            assertThat(receiver.resource(burning.pid()))
                    .containsKeys("service.name", "process.pid", "process.creation.time", "host.name", "os.type");
            assertThat(agent.output()).contains("BTF: yes", "PID namespace: the host's", "CAP_SYSLOG: yes");
        }
    }

    @Test
    void sendsEachSampleWithItsTimeWithoutAggregation() throws Exception {
        try (AgentProcess agent =
                agent("--interval=1s", "--frequency=499", "--aggregation=none").awaitSampling()) {
            assertShares(awaitFunctions(0));
            assertThat(agent.process().isAlive()).isTrue();
        }
    }

    @Test
    void sendsTheOpenIntervalAtSigtermAndLeavesNothingInTheKernel() throws Exception {
        try (AgentProcess agent = agent("--interval=10m", "--frequency=499").awaitSampling()) {
            Set<Integer> programs = LoadedPrograms.heldBy(agent.process().pid());
            assertThat(programs).isNotEmpty().allMatch(LoadedPrograms::isLoaded);
            double started = CpuSeconds.of(burning.pid());
            await().atMost(LONG).until(() -> CpuSeconds.of(burning.pid()) > started + 0.5);

            agent.process().destroy();

            assertThat(agent.awaitExit()).as(agent.output()).isZero();
            assertThat(receiver.requests()).isPositive();
            assertThat(receiver.functions(burning.pid(), 0)).containsKey("seventy");
            await().atMost(LONG).until(() -> programs.stream().noneMatch(LoadedPrograms::isLoaded));
        }
    }

    @Test
    void leavesNothingInTheKernelAfterKill() throws Exception {
        try (AgentProcess agent = agent().awaitSampling()) {
            Set<Integer> programs = LoadedPrograms.heldBy(agent.process().pid());
            assertThat(programs).isNotEmpty().allMatch(LoadedPrograms::isLoaded);

            agent.process().destroyForcibly().waitFor();

            await().atMost(LONG).until(() -> programs.stream().noneMatch(LoadedPrograms::isLoaded));
        }
    }

    @Test
    void endsWhenStandardInputEnds() throws Exception {
        try (AgentProcess agent = agent("--exit-with-stdin").awaitSampling()) {
            agent.process().getOutputStream().close();

            assertThat(agent.awaitExit()).isZero();
            assertThat(agent.output()).contains("standard input ended");
        }
    }

    @Test
    void endsWhenItsTimeIsOver() throws Exception {
        try (AgentProcess agent = agent("--for=1s")) {
            assertThat(agent.awaitExit()).as(agent.output()).isZero();
        }
    }

    @Test
    void worksWithFiveCapabilitiesAlone() throws Exception {
        requireSetpriv();
        makeReachable();
        List<String> prefix = List.of(
                "setpriv",
                "--reuid=65534",
                "--regid=65534",
                "--clear-groups",
                "--inh-caps=" + CAPABILITIES,
                "--ambient-caps=" + CAPABILITIES,
                "--bounding-set=" + CAPABILITIES);
        try (AgentProcess agent = new AgentProcess(folder, prefix, arguments("--interval=1s", "--frequency=499"))) {
            agent.awaitSampling();
            assertThat(agent.output()).contains("user: not root").doesNotContain("missing;");

            assertShares(awaitFunctions(0));
            awaitKernelNames();
        }
    }

    @Test
    void saysWhatIsMissingWithoutPrivileges() throws Exception {
        requireSetpriv();
        String readOnly = "-all,+dac_read_search";
        List<String> prefix = List.of(
                "setpriv",
                "--reuid=65534",
                "--regid=65534",
                "--clear-groups",
                "--inh-caps=" + readOnly,
                "--ambient-caps=" + readOnly,
                "--bounding-set=" + readOnly);
        try (AgentProcess agent = new AgentProcess(folder, prefix, arguments())) {
            assertThat(agent.awaitExit()).isEqualTo(3);
            assertThat(agent.output()).contains("CAP_BPF is missing", "CAP_PERFMON is missing", "Run as root");
        }
    }

    @Test
    void servesTheMetricsThatTheReadmeNames() throws Exception {
        try (AgentProcess agent =
                agent("--interval=200ms", "--metrics-listen=127.0.0.1:0").awaitSampling()) {
            await().atMost(LONG).until(() -> metric(metrics(agent), "samples_sent_total") > 10);
            String page = metrics(agent);

            assertThat(metric(page, "samples_total")).isPositive();
            assertThat(metric(page, "samples_lost_total")).isZero();
            assertThat(metric(page, "bpf_run_seconds_total")).isPositive();
            assertThat(metric(page, "bpf_map_memory_bytes")).isGreaterThan(1 << 20);
            assertThat(metric(page, "process_cpu_seconds_total")).isPositive();
            assertThat(metric(page, "process_resident_memory_bytes"))
                    .isGreaterThan(metric(page, "process_resident_memory_without_maps_bytes"));
            assertThat(names(page)).isEqualTo(ReadmeTables.firstColumn(Path.of("README.md"), "Metric"));
        }
    }

    private AgentProcess agent(String... more) throws Exception {
        return new AgentProcess(folder, List.of(), arguments(more));
    }

    private String[] arguments(String... more) {
        String[] all = new String[more.length + 2];
        all[0] = "--endpoint=" + receiver.endpoint();
        all[1] = "--metrics-listen=off";
        System.arraycopy(more, 0, all, 2, more.length);
        return all;
    }

    /** The burner's functions once it has been seen for two seconds of CPU time. */
    private Map<String, Long> awaitFunctions(int fromRequest) {
        await().atMost(LONG)
                .until(() -> receiver.functions(burning.pid(), fromRequest).getOrDefault("", 0L) > ENOUGH_NANOS);
        return receiver.functions(burning.pid(), fromRequest);
    }

    private static void assertShares(Map<String, Long> functions) {
        double total = functions.get("");
        assertThat(functions.get("seventy") / total).isCloseTo(0.70, within(0.05));
        assertThat(functions.get("thirty") / total).isCloseTo(0.30, within(0.05));
        assertThat(functions.get("main") / total).isGreaterThan(0.95);
    }

    /** A program that does nothing but system calls shows kernel functions. */
    private void awaitKernelNames() throws Exception {
        int from = receiver.requests();
        Process copying = new ProcessBuilder("dd", "if=/dev/zero", "of=/dev/null", "bs=1")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            await().atMost(LONG)
                    .until(() -> receiver.functions(copying.pid(), from).keySet().stream()
                            .anyMatch(name -> name.contains("read_zero") || name.contains("ksys_read")));
        } finally {
            copying.destroyForcibly();
        }
    }

    private static void requireSetpriv() {
        KernelTests.require(Files.isExecutable(Path.of("/usr/bin/setpriv")), "needs setpriv");
    }

    /** The burner's folder belongs to root alone; the test is about the agent's rights, among them that it may read it all the same. */
    private void makeReachable() {
        assertThat(folder.toFile().setReadable(false, false)).isTrue();
        assertThat(folder.toFile().setReadable(true, true)).isTrue();
    }

    private static String metrics(AgentProcess agent) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(agent.metricsUrl())).build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static double metric(String page, String name) {
        String start = "stackhouse_agent_" + name + " ";
        return page.lines()
                .filter(line -> line.startsWith(start))
                .mapToDouble(line -> Double.parseDouble(line.substring(start.length())))
                .findFirst()
                .orElseThrow();
    }

    private static Set<String> names(String page) {
        Set<String> names = new TreeSet<>();
        page.lines().filter(line -> line.startsWith("# TYPE ")).forEach(line -> names.add(line.split(" ", -1)[2]));
        return names;
    }
}
