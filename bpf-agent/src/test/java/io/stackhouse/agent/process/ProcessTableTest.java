package io.stackhouse.agent.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessTableTest {
    private static final long TICK = 10_000_000;

    @TempDir
    Path folder;

    private final AtomicLong clock = new AtomicLong();
    private FakeProc proc;
    private ProcessTable table;

    @BeforeEach
    void makeTable() throws Exception {
        proc = new FakeProc(folder);
        table = new ProcessTable(proc.config(100), clock::get);
    }

    @Test
    void describesAProgram() throws Exception {
        proc.process(12, "a (b) c", 0, 500);
        proc.executable(12, "/opt/thing (deleted)");

        ResourceAttributes found =
                table.lookup(12, 500 * TICK + 123, 1, "a (b) c", 0).resource();

        assertThat(found.toString())
                .isEqualTo(
                        "service.name=unknown_service:thing, process.pid=12, process.creation.time=2023-11-14T22:13:25.000Z,"
                                + " process.parent_pid=1, process.executable.name=thing, process.executable.path=/opt/thing, process.owner=alice,"
                                + " process.linux.cgroup=0::/system.slice/thing.service, host.name=box-17, host.id=0123456789abcdef0123456789abcdef,"
                                + " host.arch=" + HostAttributes.architecture(System.getProperty("os.arch"))
                                + ", os.type=linux, os.name=Some Linux, os.version=12, os.description=Some Linux 12 (wood), os.build_id=rolling");
        assertThat(found.get("process.pid")).isEqualTo(12L);
    }

    @Test
    void answersFromMemoryTheSecondTime() throws Exception {
        proc.process(12, "thing", 0, 500);
        TracedProcess first = table.lookup(12, 500 * TICK, 1, "thing", 0);
        Files.delete(proc.root.resolve("12/stat"));

        assertThat(table.lookup(12, 500 * TICK, 1, "thing", 0)).isSameAs(first);
        assertThat(table.lookup(12, 0, 0, "", 0)).as("by its pid alone").isSameAs(first);
        assertThat(table.counters().discovered()).isEqualTo(1);
        assertThat(first.namespacePid()).isEqualTo(7);
        assertThat(first.userId()).isEqualTo(1000);
    }

    @Test
    void doesNotMistakeAPidThatIsUsedAgain() throws Exception {
        proc.process(12, "later", 0, 900);
        proc.executable(12, "/opt/later");

        TracedProcess earlier = table.lookup(12, 500 * TICK, 1, "earlier", 0);
        TracedProcess later = table.lookup(12, 900 * TICK, 1, "later", 0);

        assertThat(earlier.isKnown()).isFalse();
        assertThat(earlier.resource().get("service.name")).isEqualTo("unknown_service:earlier");
        assertThat(earlier.resource().get("process.creation.time")).isEqualTo("2023-11-14T22:13:25.000Z");
        assertThat(earlier.mappings().count()).isZero();
        assertThat(later.resource().get("service.name")).isEqualTo("unknown_service:later");
        assertThat(table.counters().gone()).isEqualTo(1);
    }

    @Test
    void takesAnotherExecForAnotherProgram() throws Exception {
        proc.process(12, "shell", 0, 500);
        proc.executable(12, "/bin/sh");
        TracedProcess shell = table.lookup(12, 500 * TICK, 1, "shell", 0);
        Files.delete(proc.root.resolve("12/exe"));
        proc.executable(12, "/opt/tool");

        TracedProcess tool = table.lookup(12, 500 * TICK, 2, "tool", 0);

        assertThat(tool.resource().get("process.executable.name")).isEqualTo("tool");
        assertThat(table.lookup(12, 500 * TICK, 1, "shell", 0)).isSameAs(shell);
    }

    @Test
    void doesNotTakeWhatRunsNowForAnEarlierExec() throws Exception {
        proc.process(12, "tool", 0, 500);
        proc.executable(12, "/opt/tool");
        table.lookup(12, 500 * TICK, 2, "tool", 0);

        assertThat(table.lookup(12, 500 * TICK, 1, "shell", 0).resource().get("service.name"))
                .isEqualTo("unknown_service:shell");
    }

    @Test
    void groupsKernelThreadsByTheirKind() throws Exception {
        proc.process(34, "kworker/0:1-eve", 0x00208040, 1);

        TracedProcess thread = table.lookup(34, TICK, 0, "kworker/0:1", 0);

        assertThat(thread.resource().get("service.name")).isEqualTo("unknown_service:[kworker]");
        assertThat(thread.resource().get("process.executable.name")).isEqualTo("kworker/0:1");
        assertThat(thread.resource().get("process.executable.path")).isNull();
        assertThat(thread.mappings().count()).isZero();
    }

    @Test
    void readsTheNameThatTheProcessWasGiven() throws Exception {
        Path directory = proc.process(12, "java", 0, 500);
        Files.writeString(
                directory.resolve("environ"),
                "SECRET=x\0OTEL_SERVICE_NAME=checkout\0OTEL_RESOURCE_ATTRIBUTES=service.name=other,deployment.environment.name=prod%20eu,"
                        + "host.name=pod-1,process.pid=99\0");

        ResourceAttributes found = table.lookup(12, 500 * TICK, 1, "java", 0).resource();

        assertThat(found.get("service.name")).isEqualTo("checkout");
        assertThat(found.get("deployment.environment.name")).isEqualTo("prod eu");
        assertThat(found.get("host.name")).isEqualTo("pod-1");
        assertThat(found.get("process.pid")).isEqualTo(12L);
        assertThat(found.toString()).doesNotContain("SECRET");
    }

    @Test
    void setsAsideAMalformedListAsAWhole() throws Exception {
        Path directory = proc.process(12, "java", 0, 500);
        Files.writeString(directory.resolve("environ"), "OTEL_RESOURCE_ATTRIBUTES=service.name=checkout,oops\0");

        assertThat(table.lookup(12, 500 * TICK, 1, "java", 0).resource().get("service.name"))
                .isEqualTo("unknown_service:java");
        assertThat(table.counters().badEnvironments()).isEqualTo(1);
    }

    @Test
    void knowsTheContainerOfAProcessThatIsGone() throws Exception {
        String id = "ab".repeat(32);
        Path directory = proc.process(12, "sh", 0, 500);
        Files.writeString(directory.resolve("cgroup"), "0::/system.slice/docker-" + id + ".scope\n");

        assertThat(table.lookup(12, 500 * TICK, 1, "sh", 77).resource().get("container.id"))
                .isEqualTo(id);
        assertThat(table.lookup(13, 501 * TICK, 1, "sed", 77).resource().get("container.id"))
                .isEqualTo(id);
        assertThat(table.lookup(14, 501 * TICK, 1, "sed", 78).resource().get("container.id"))
                .isNull();
    }

    @Test
    void namesUsersOfContainersByNumber() throws Exception {
        Path directory = proc.process(12, "sh", 0, 500);
        Files.writeString(directory.resolve("cgroup"), "0::/docker/" + "ab".repeat(32) + "\n");

        assertThat(table.lookup(12, 500 * TICK, 1, "sh", 77).resource().get("process.owner"))
                .isEqualTo("1000");
    }

    @Test
    void forgetsTheLeastUsedWhenFull() throws Exception {
        table = new ProcessTable(proc.config(16), clock::get);
        for (int pid = 1; pid <= 16; pid++) {
            proc.process(pid, "p" + pid, 0, 500);
            table.lookup(pid, 500 * TICK, 1, "p", 0);
        }
        TracedProcess first = table.lookup(1, 500 * TICK, 1, "p", 0);
        proc.process(17, "p17", 0, 500);

        table.lookup(17, 500 * TICK, 1, "p", 0);

        assertThat(table.size()).isEqualTo(16);
        assertThat(table.counters().evicted()).isEqualTo(1);
        assertThat(table.lookup(1, 500 * TICK, 1, "p", 0)).isSameAs(first);
        assertThat(table.counters().discovered()).isEqualTo(17);
        table.lookup(2, 500 * TICK, 1, "p", 0);
        assertThat(table.counters().discovered()).isEqualTo(18);
    }

    @Test
    void remembersWhatEndedForAWhile() throws Exception {
        proc.process(12, "thing", 0, 500);
        proc.process(13, "stays", 0, 500);
        TracedProcess ended = table.lookup(12, 500 * TICK, 1, "thing", 0);
        table.lookup(13, 500 * TICK, 1, "stays", 0);
        deleteRecursively(proc.root.resolve("12"));

        table.forgetEnded(0);
        assertThat(table.lookup(12, 500 * TICK, 1, "thing", 0)).isSameAs(ended);
        table.forgetEnded(TimeUnit.SECONDS.toNanos(29));
        assertThat(table.size()).isEqualTo(2);
        table.forgetEnded(TimeUnit.SECONDS.toNanos(30));

        assertThat(table.size()).isEqualTo(1);
        assertThat(table.counters().forgotten()).isEqualTo(1);
    }

    @Test
    void readsMappingsAgainOnlySoOften() throws Exception {
        Path directory = proc.process(12, "thing", 0, 500);
        TracedProcess process = table.lookup(12, 500 * TICK, 1, "thing", 0);
        Object kept = new Object();
        process.mappings().keep(0, kept);
        assertThat(process.refreshMappings(0x7000_0000)).as("just read").isFalse();

        Files.writeString(
                directory.resolve("maps"),
                "00400000-00401000 r-xp 00000000 08:01 42 /opt/thing\n70000000-70010000 r-xp 00001000 08:01 43 /opt/lib.so\n");
        clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(20));

        assertThat(process.refreshMappings(0x7000_0000)).isTrue();
        assertThat(process.mappings().find(0x7000_0000)).isEqualTo(1);
        assertThat(process.mappings().slot(0)).isSameAs(kept);
        assertThat(process.mappings().slot(1)).isNull();
        int refreshes = 0;
        for (int second = 0; second < 300; second++) {
            clock.addAndGet(TimeUnit.SECONDS.toNanos(1));
            refreshes += process.refreshMappings(0x1234_5678_0000L) ? 1 : 0;
        }
        assertThat(refreshes).as("useless ones become rare").isBetween(18, 30);
    }

    @Test
    void boundsHowOftenMappingsAreReadOverAllProcesses() throws Exception {
        for (int pid = 1; pid <= 90; pid++) {
            proc.process(pid, "p" + pid, 0, 500);
        }
        int refreshes = 0;
        for (int pid = 1; pid <= 90; pid++) {
            TracedProcess process = table.lookup(pid, 500 * TICK, 1, "p", 0);
            clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(30));
            refreshes += process.refreshMappings(0x1234_5678_0000L) ? 1 : 0;
        }
        assertThat(refreshes).isEqualTo(40);
        assertThat(table.counters().refreshesDeferred()).isEqualTo(50);
    }

    @Test
    void survivesFilesFullOfNonsense() throws Exception {
        Path directory = proc.process(12, "thing", 0, 500);
        byte[] nonsense = "\0\377=:()-\n\n%%%=,,\0OTEL_RESOURCE_ATTRIBUTES=%\0"
                .repeat(500)
                .getBytes(StandardCharsets.ISO_8859_1);
        for (String file : new String[] {"status", "cgroup", "environ", "maps"}) {
            Files.write(directory.resolve(file), nonsense);
        }
        assertThat(table.lookup(12, 500 * TICK, 1, "thing", 0).resource().get("process.pid"))
                .isEqualTo(12L);
        Files.write(directory.resolve("stat"), nonsense);
        assertThat(table.lookup(12, 501 * TICK, 1, "thing", 0).isKnown()).isFalse();
    }

    private static void deleteRecursively(Path directory) throws Exception {
        try (var paths = Files.walk(directory)) {
            for (Path path : paths.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
