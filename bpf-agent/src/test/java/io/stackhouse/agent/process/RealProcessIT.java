package io.stackhouse.agent.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.stackhouse.agent.elf.Needs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Against this machine's own procfs. */
class RealProcessIT {
    private final ProcessTable table = new ProcessTable(ProcessTableConfig.defaults());

    @Test
    void describesThisVeryProcessAsTheJdkDoes() throws Exception {
        ProcessHandle self = ProcessHandle.current();
        TracedProcess process = table.lookup((int) self.pid(), startNanos("self"), 1, "java", 0);
        ResourceAttributes found = process.resource();

        assertThat(process.isKnown()).isTrue();
        assertThat(found.get("process.pid")).isEqualTo(self.pid());
        assertThat(Instant.parse((String) found.get("process.creation.time")))
                .isEqualTo(self.info().startInstant().orElseThrow());
        assertThat(found.get("process.executable.path"))
                .isEqualTo(self.info().command().orElseThrow());
        assertThat(found.get("process.owner")).isEqualTo(self.info().user().orElseThrow());
        assertThat(found.get("process.parent_pid"))
                .isEqualTo(self.parent().orElseThrow().pid());
        assertThat((String) found.get("host.id"))
                .isEqualTo(Files.readString(Path.of("/etc/machine-id")).strip());
        assertThat(process.mappings().hasFile("libjvm.so")).isTrue();
    }

    @Test
    void findsEachExecutableRangeOfThisProcess() throws Exception {
        TracedProcess process = table.lookup((int) ProcessHandle.current().pid(), 0, 1, "java", 0);
        Mappings mappings = process.mappings();
        int seen = 0;
        for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
            long start = Long.parseUnsignedLong(line.substring(0, line.indexOf('-')), 16);
            boolean isFile = line.contains("/") && line.contains("r-xp");
            if (isFile) {
                int i = mappings.find(start);
                String path = line.substring(line.indexOf('/'));
                assertThat(mappings.path(i)).isEqualTo(path.replaceFirst(" \\(deleted\\)$", ""));
                seen++;
            }
        }
        assertThat(seen).isGreaterThan(3);
    }

    @Test
    void readsWhatAChildWasGiven() throws Exception {
        ProcessBuilder builder = new ProcessBuilder("sleep", "600");
        builder.environment().put("OTEL_SERVICE_NAME", "shop");
        builder.environment().put("OTEL_RESOURCE_ATTRIBUTES", "service.version=1.2%2C3,team=a%20b");
        Process child = builder.start();
        try {
            awaitProgram(child.pid(), "sleep");
            ResourceAttributes found = table.lookup(
                            (int) child.pid(), startNanos(Long.toString(child.pid())), 1, "sleep", 0)
                    .resource();

            assertThat(found.get("service.name")).isEqualTo("shop");
            assertThat(found.get("service.version")).isEqualTo("1.2,3");
            assertThat(found.get("team")).isEqualTo("a b");
            assertThat(found.get("process.executable.name")).asString().isIn("sleep", "coreutils");
            assertThat(found.get("process.parent_pid"))
                    .isEqualTo(ProcessHandle.current().pid());
        } finally {
            child.destroyForcibly().waitFor();
        }
    }

    @Test
    void forgetsAChildThatEnded() throws Exception {
        Process child = new ProcessBuilder("sleep", "600").start();
        table.lookup((int) child.pid(), 0, 1, "sleep", 0);
        table.lookup((int) ProcessHandle.current().pid(), 0, 1, "java", 0);
        child.destroyForcibly().waitFor();

        table.forgetEnded(0);
        table.forgetEnded(TimeUnit.SECONDS.toNanos(31));

        assertThat(table.size()).isEqualTo(1);
    }

    @Test
    void takesAKernelThreadForWhatItIs() throws Exception {
        Path thread = Path.of("/proc/2/stat");
        boolean isThere = Files.isReadable(thread) && Files.readString(thread).contains("(kthreadd)");
        Needs.that(isThere, "the host's pid namespace, where 2 is kthreadd");

        ResourceAttributes found =
                table.lookup(2, startNanos("2"), 0, "kthreadd", 0).resource();

        assertThat(found.get("service.name")).isEqualTo("unknown_service:[kthreadd]");
    }

    @Test
    void leavesNothingOpen() throws Exception {
        table.lookup((int) ProcessHandle.current().pid(), 0, 1, "java", 0);
        table.forgetEnded(0);
        assertThat(openFiles()).noneMatch(file -> file.startsWith("/proc/") && !file.endsWith("/fd"));
    }

    private static List<String> openFiles() throws IOException {
        List<String> files = new java.util.ArrayList<>();
        try (var links = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path link : links) {
                files.add(
                        Files.isSymbolicLink(link)
                                ? Files.readSymbolicLink(link).toString()
                                : "");
            }
        }
        return files;
    }

    private static void awaitProgram(long pid, String name) {
        org.awaitility.Awaitility.await()
                .atMost(10, TimeUnit.SECONDS)
                .until(() -> Files.readString(Path.of("/proc/" + pid + "/comm"))
                        .strip()
                        .equals(name));
    }

    private static long startNanos(String pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return Long.parseLong(fields[19]) * 10_000_000;
    }
}
