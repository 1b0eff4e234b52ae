package io.stackhouse.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole of {@code up} as root, its real privileges and mount namespaces, around probes in the place of the parts. The project's folder lies below one that is closed
 * to everyone else, as a checkout in /root does.
 */
@Timeout(120)
final class UpIT {

    /** CAP_DAC_READ_SEARCH, CAP_SYS_PTRACE, CAP_SYSLOG, CAP_PERFMON, CAP_BPF. */
    private static final long AGENT_CAPABILITIES = 1L << 2 | 1L << 19 | 1L << 34 | 1L << 38 | 1L << 39;

    private static final List<String> PARTS = List.of("clickhouse", "collector", "agent");

    private static final List<String> PORT_OPTIONS = List.of(
            "--http-port", "--tcp-port", "--otlp-port", "--otlp-http-port", "--metrics-port", "--agent-metrics-port");

    @TempDir
    private Path folder;

    private final List<Process> started = new ArrayList<>();
    private Path home;
    private Path data;

    @BeforeEach
    void makeProjectThatNobodyReaches() throws Exception {
        requireRoot();
        Path closed = Files.createDirectory(
                folder.resolve("closed"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        home = Files.createDirectories(closed.resolve("some where/stackhouse"));
        data = home.resolve("data");
        Path script = home.resolve("stackhouse");
        Files.writeString(
                script,
                "#!/bin/sh\nexec \"$JAVA_HOME/bin/java\" -Xmx32m -cp \"$(dirname \"$0\")/lib\" "
                        + PartProbe.class.getName() + " \"$@\"\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.createDirectories(home.resolve("cli/target/lib"));
        Files.createDirectories(home.resolve("clickhouse-embedded/node_modules/@chdb"));
        Files.createDirectories(home.resolve("scripts"));
        Files.createFile(home.resolve("scripts/run.sh"));
        String classFile = PartProbe.class.getName().replace('.', '/') + ".class";
        Path copy = home.resolve("lib").resolve(classFile);
        Files.createDirectories(copy.getParent());
        try (InputStream compiled =
                Objects.requireNonNull(PartProbe.class.getClassLoader().getResourceAsStream(classFile))) {
            Files.copy(compiled, copy, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    @AfterEach
    void endProcesses() throws InterruptedException {
        for (Process process : started) {
            process.destroyForcibly().waitFor();
        }
    }

    @Test
    void runsEachPartWithoutPrivilegesAndTheAgentWithItsFive() throws Exception {
        List<String> mountsBefore = Files.readAllLines(Path.of("/proc/self/mountinfo"));

        Process up = up(Map.of(), "--for", "1s", "--interval", "1s");
        String output = output(up);

        assertThat(up.waitFor()).as(output).isZero();
        assertThat(output)
                .contains(
                        "clickhouse  ready in",
                        "collector   ready in",
                        "agent       ready in",
                        "stopped; the data are in");
        for (String part : PARTS) {
            assertThat(log(part)).contains("Uid:\t65534\t65534\t65534\t65534", "NoNewPrivs:\t1");
            long expected = part.equals("agent") ? AGENT_CAPABILITIES : 0;
            for (String set : List.of("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")) {
                assertThat(log(part)).contains(set + ":\t" + String.format("%016x", expected));
            }
        }
        assertThat(Files.getAttribute(data, "unix:uid")).isEqualTo(65_534);
        assertThat(Files.readAllLines(Path.of("/proc/self/mountinfo"))).isEqualTo(mountsBefore);
        assertThat(Files.getPosixFilePermissions(folder.resolve("closed")))
                .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void stopsAgentThenCollectorThenClickHouseOnSigterm() throws Exception {
        Process up = up(Map.of());
        awaitReady();

        up.toHandle().destroy();

        String output = output(up);
        assertThat(up.waitFor()).as(output).isEqualTo(143);
        assertThat(endNanos("agent")).isLessThan(endNanos("collector"));
        assertThat(endNanos("collector")).isLessThan(endNanos("clickhouse"));
    }

    @Test
    void noPartOutlivesTheLauncherThatWasKilled() throws Exception {
        Process up = up(Map.of());
        List<ProcessHandle> parts = awaitReady();

        up.destroyForcibly().waitFor();

        Awaitility.await()
                .atMost(Duration.ofSeconds(15))
                .until(() -> parts.stream().noneMatch(ProcessHandle::isAlive));
    }

    @Test
    void stopsEverythingAndSaysWhyWhenAPartIsKilled() throws Exception {
        Process up = up(Map.of());
        List<ProcessHandle> parts = awaitReady();

        assertThat(parts.get(1).destroyForcibly()).isTrue();

        assertThat(output(up)).contains("everything was stopped, because collector ended with exit code 137");
        assertThat(up.waitFor()).isEqualTo(1);
        assertThat(parts).noneMatch(ProcessHandle::isAlive);
    }

    @Test
    void stopsEverythingAndShowsTheLastLinesWhenAPartDoesNotStart() throws Exception {
        Process up = up(Map.of("STACKHOUSE_TEST_FAILING_PART", "agent"));

        assertThat(output(up)).contains("agent ended with exit code 9", "there is no good reason for agent");
        assertThat(up.waitFor()).isEqualTo(1);
        assertThat(log("collector")).contains("ended ");
    }

    @Test
    void leavesAFolderOfSomeoneElseAlone() throws Exception {
        Files.createDirectories(data);
        Path theirs = Files.writeString(data.resolve("precious"), "kept");

        Process up = up(Map.of());

        assertThat(output(up)).contains("belongs to root", "--data");
        assertThat(up.waitFor()).isEqualTo(ExitCodes.CANNOT_START);
        assertThat(Files.getAttribute(theirs, "unix:uid")).isEqualTo(0);
    }

    private static void requireRoot() throws IOException {
        boolean root = Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        if (!root && "true".equals(System.getenv("CI"))) {
            throw new IllegalStateException("with CI=true no test may be skipped, but this one needs root");
        }
        if (!root) {
            System.err.println("SKIPPED, it needs root: the privileges of the parts of up");
        }
        assumeTrue(root, "needs root");
    }

    private Process up(Map<String, String> environment, String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-Dstackhouse.home=" + home,
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "up",
                "--data",
                data.toString()));
        List<Integer> ports = freePorts(PORT_OPTIONS.size());
        for (int i = 0; i < ports.size(); i++) {
            command.addAll(List.of(PORT_OPTIONS.get(i), Integer.toString(ports.get(i))));
        }
        command.addAll(List.of(more));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeAll(List.of("SUDO_UID", "SUDO_GID", "SUDO_USER"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        started.add(process);
        return process;
    }

    private List<ProcessHandle> awaitReady() {
        List<ProcessHandle> handles = new ArrayList<>();
        for (String part : PARTS) {
            Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> {
                Process up = started.get(started.size() - 1);
                if (!up.isAlive()) {
                    throw new AssertionError("up ended with exit code " + up.exitValue() + ": " + output(up));
                }
                return log(part).contains("ready http");
            });
            handles.add(ProcessHandle.of(Long.parseLong(after(part, "pid "))).orElseThrow());
        }
        return handles;
    }

    private long endNanos(String part) throws IOException {
        return Long.parseLong(after(part, "ended "));
    }

    private String after(String part, String start) {
        return log(part)
                .lines()
                .filter(line -> line.startsWith(start))
                .findFirst()
                .orElseThrow()
                .substring(start.length());
    }

    private String log(String part) {
        Path file = data.resolve("logs").resolve(part + ".log");
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static String output(Process process) throws IOException, InterruptedException {
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return text;
    }

    /** All are held until all are chosen: one by one the same port may come twice. */
    private static List<Integer> freePorts(int count) throws IOException {
        List<ServerSocket> probes = new ArrayList<>();
        List<Integer> ports = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            probes.add(probe);
            ports.add(probe.getLocalPort());
        }
        for (ServerSocket probe : probes) {
            probe.close();
        }
        return ports;
    }
}
