package io.stackhouse.agent.symbol;

import static org.assertj.core.api.Assertions.assertThat;

import io.stackhouse.agent.elf.Needs;
import io.stackhouse.agent.process.ProcessTable;
import io.stackhouse.agent.process.ProcessTableConfig;
import io.stackhouse.agent.process.TracedProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names in real processes and in the running kernel. */
class NativeSymbolizerIT {
    private static final long[] NO_IPS = new long[0];

    @TempDir
    Path folder;

    private final ProcessTable table = new ProcessTable(ProcessTableConfig.defaults());
    private final NativeSymbolizer symbolizer = new NativeSymbolizer(SymbolizerConfig.defaults());

    @Test
    void namesFunctionsOfAProgramItsLibraryAndTheVdso() throws Exception {
        try (Target target = Target.start(Needs.compiled("target.c", folder, "-O1"))) {
            long leaf = target.address("stackhouse_leaf");
            long local = target.address("stackhouse_local");
            SymbolizedStack stack =
                    user(target.process, leaf, local + 1, target.address("main") + 1, target.address("qsort") + 4);

            assertThat(stack.truncated()).isFalse();
            assertThat(stack.frames())
                    .extracting(Frame::function)
                    .startsWith("stackhouse_leaf", "stackhouse_local", "main");
            assertThat(stack.frames()[3].function()).startsWith("qsort");
            Frame frame = stack.frames()[0];
            assertThat(frame.type()).isEqualTo(FrameType.NATIVE);
            assertThat(frame.module().fileName())
                    .isEqualTo(folder.resolve("target").toString());
            assertThat(frame.module().htlHash()).hasSize(32);
            assertThat(frame.address())
                    .isBetween(frame.module().memoryStart(), frame.module().memoryLimit());
            assertThat(stack.frames()[3].module().fileName()).contains("libc");
            assertThat(vdsoNames(target)).anyMatch(name -> name.contains("clock_gettime"));
        }
    }

    @Test
    void reportsAddressesThatDoNotDependOnWhereTheFileWasLoaded() throws Exception {
        Path program = Needs.compiled("target.c", folder, "-O1", "-pie", "-fPIE");
        try (Target one = Target.start(program);
                Target two = Target.start(program)) {
            Frame first = user(one.process, one.address("stackhouse_leaf")).frames()[0];
            Frame second = user(two.process, two.address("stackhouse_leaf")).frames()[0];

            assertThat(second).isSameAs(first);
            String expected = Needs.linesOf("nm", program.toString()).stream()
                    .filter(line -> line.endsWith(" stackhouse_leaf"))
                    .findFirst()
                    .orElseThrow()
                    .substring(0, 16);
            assertThat(first.address()).isEqualTo(Long.parseLong(expected, 16));
            String caller = user(one.process, 0x1000, one.address("stackhouse_leaf") + 3)
                    .frames()[1]
                    .function();
            assertThat(caller).isEqualTo("stackhouse_leaf");
        }
    }

    @Test
    void cutsWhatIsNoCodeOffTheEndAndSaysSo() throws Exception {
        try (Target target = Target.start(Needs.compiled("target.c", folder, "-O1"))) {
            SymbolizedStack stack = user(target.process, target.address("main"), target.address("stack"), 0x1234, -1);

            assertThat(stack.truncated()).isTrue();
            assertThat(stack.frames()).hasSize(1);
            assertThat(stack.frames()[0].function()).isEqualTo("main");
            assertThat(user(target.process, target.address("stack")).frames()).hasSize(1);
        }
    }

    @Test
    void namesAProgramWhoseFileWasDeletedOrReplaced() throws Exception {
        Path program = Needs.compiled("target.c", folder, "-O1");
        try (Target target = Target.start(program)) {
            Files.delete(program);
            Files.copy(Path.of("/bin/ls"), program);
            Needs.that(
                    canFollowMapFiles(), "CAP_CHECKPOINT_RESTORE or CAP_SYS_ADMIN, to open deleted files of processes");

            assertThat(user(target.process, target.address("stackhouse_leaf"))
                            .frames()[0]
                            .function())
                    .isEqualTo("stackhouse_leaf");
        }
    }

    @Test
    void keepsTheNamesOfAProgramThatHasEnded() throws Exception {
        Target target = Target.start(Needs.compiled("target.c", folder, "-O1"));
        TracedProcess process = target.process;
        long leaf = target.address("stackhouse_leaf");
        target.close();

        assertThat(user(process, leaf).frames()[0].function()).isEqualTo("stackhouse_leaf");
    }

    @Test
    void opensNoFileLongerThanForOneStack() throws Exception {
        try (Target target = Target.start(Needs.compiled("target.c", folder, "-O1"))) {
            Set<String> before = openFiles();
            user(target.process, target.address("stackhouse_leaf"), target.address("qsort"), target.address("main"));
            assertThat(openFiles()).isEqualTo(before);
        }
    }

    @Test
    void namesTheKernelAsKallsymsDoes() throws Exception {
        Map<Long, List<String>> functions = new HashMap<>();
        long[] text = new long[2];
        for (String line : Files.readAllLines(Path.of("/proc/kallsyms"))) {
            String[] fields = line.split("[ \t]", -1);
            long address = Long.parseUnsignedLong(fields[0], 16);
            text[0] = fields[2].equals("_text") ? address : text[0];
            text[1] = fields[2].equals("_etext") ? address : text[1];
            if ("tTwW".contains(fields[1]) && fields.length == 3 && !fields[2].startsWith("__pfx_")) {
                functions.computeIfAbsent(address, a -> new ArrayList<>()).add(fields[2]);
            }
        }
        Needs.that(text[0] != 0, "CAP_SYSLOG and kernel.kptr_restrict below 2, to see kernel symbols");
        List<Long> addresses = new ArrayList<>(functions.keySet());
        addresses.removeIf(a -> Long.compareUnsigned(a, text[0]) < 0 || Long.compareUnsigned(a, text[1]) >= 0);
        TracedProcess process = table.lookup((int) ProcessHandle.current().pid(), 0, 1, "java", 0);
        Random random = new Random(4);

        for (int i = 0; i < 2000; i++) {
            long address = addresses.get(random.nextInt(addresses.size()));
            SymbolizedStack stack =
                    symbolizer.symbolize(process, new long[] {address, address + 1}, 2, NO_IPS, 0, false);
            Frame frame = stack.frames()[0];
            assertThat(functions.get(address)).contains(frame.function());
            assertThat(stack.frames()[1]).as("a return address, minus one").isSameAs(frame);
            assertThat(frame.address()).isEqualTo(address - text[0]);
            assertThat(frame.type()).isEqualTo(FrameType.KERNEL);
        }
        assertThat(symbolizer.cachedBytes())
                .as("of %d functions", addresses.size())
                .isLessThan(6 << 20);
        assertThat(symbolizer.counters().kernelSymbolReads()).isEqualTo(1);
    }

    @Test
    void readsThePerfMapOfNode() throws Exception {
        Needs.tool("node");
        Path script = Path.of("src/test/resources/burn.js").toAbsolutePath();
        Process node = new ProcessBuilder("node", "--perf-basic-prof", script.toString())
                // V8 leaves a log in its working directory.
                .directory(folder.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        Path map = Path.of("/tmp/perf-" + node.pid() + ".map");
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(node.getInputStream(), StandardCharsets.UTF_8))) {
            assertThat(output.readLine()).isEqualTo("ready");
            TracedProcess process = table.lookup((int) node.pid(), 0, 1, "node", 0);
            int seen = 0;
            for (String line : Files.readAllLines(map)) {
                String[] fields = line.split(" ", 3);
                long start = Long.parseLong(fields[0], 16);
                if (fields.length == 3 && fields[2].matches("JS:\\*stackhouseBurn .*")) {
                    Frame frame = user(process, start + Long.parseLong(fields[1], 16) / 2)
                            .frames()[0];
                    assertThat(frame.function()).isEqualTo("stackhouseBurn");
                    assertThat(frame.file()).endsWith("burn.js");
                    assertThat(frame.line()).isEqualTo(1);
                    assertThat(frame.type()).isEqualTo(FrameType.V8JS);
                    assertThat(frame.module()).isNull();
                    seen++;
                }
            }
            assertThat(seen).as("optimized versions in the perf map").isPositive();
        } finally {
            node.destroyForcibly().waitFor();
            Files.deleteIfExists(map);
        }
    }

    @Test
    void givesGeneratedCodeWithoutAMapOneFramePerRunTime() throws Exception {
        TracedProcess self = table.lookup((int) ProcessHandle.current().pid(), 0, 1, "java", 0);
        long codeCache = 0;
        for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
            boolean isCode = codeCache == 0 && line.contains(" rwxp ") && line.contains(" 0 ");
            codeCache = isCode ? Long.parseLong(line.substring(0, line.indexOf('-')), 16) : codeCache;
        }
        assertThat(codeCache).isNotZero();

        Frame frame = user(self, codeCache + 64).frames()[0];

        assertThat(frame.type()).isEqualTo(FrameType.JVM);
        assertThat(frame.module().fileName()).isEqualTo("[jit]");
        assertThat(frame.function()).isNull();
        assertThat(frame.address()).isZero();
        assertThat(symbolizer.counters().unnamedGeneratedFrames()).isEqualTo(1);
    }

    @Test
    void makesNoGarbageForKnownFramesButTheResult() throws Exception {
        try (Target target = Target.start(Needs.compiled("target.c", folder, "-O1"))) {
            long leaf = target.address("stackhouse_leaf");
            long qsort = target.address("qsort");
            long[] ips = new long[100];
            for (int i = 0; i < ips.length; i++) {
                ips[i] = i % 2 == 0 ? leaf + i % 4 : qsort + i % 16;
            }
            com.sun.management.ThreadMXBean threads =
                    (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
            for (int i = 0; i < 2000; i++) {
                user(target.process, ips);
            }
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 1000; i++) {
                user(target.process, ips);
            }
            long perStack = (threads.getCurrentThreadAllocatedBytes() - before) / 1000;

            assertThat(perStack).as("bytes for a stack of 100 frames").isLessThan(16 + 4 * 100 + 200);
        }
    }

    @Test
    void staysWithinItsBudgetsOverManyLargeFiles() throws Exception {
        SymbolizerConfig tight =
                new SymbolizerConfig(Path.of("/proc"), Path.of("/sys"), 200_000, 10_000, 200_000, 1 << 20, 3);
        NativeSymbolizer small = new NativeSymbolizer(tight);
        TracedProcess self = table.lookup((int) ProcessHandle.current().pid(), 0, 1, "java", 0);
        Random random = new Random(5);
        int named = 0;
        for (int i = 0; i < 300; i++) {
            int m = random.nextInt(self.mappings().count());
            if (self.mappings().kind(m) == io.stackhouse.agent.process.Mappings.FILE) {
                long start = self.mappings().start(m);
                long bytes = self.mappings().end(m) - start;
                long[] ips = {start + (long) (random.nextDouble() * bytes)};
                named += small.symbolize(self, NO_IPS, 0, ips, 1, false)
                                        .frames()[0]
                                        .function()
                                == null
                        ? 0
                        : 1;
                assertThat(small.cachedBytes()).isLessThan(500_000);
            }
        }
        assertThat(named).isPositive();
        assertThat(small.counters().symbolTablesDropped()).isPositive();
    }

    private SymbolizedStack user(TracedProcess process, long... ips) {
        return symbolizer.symbolize(process, NO_IPS, 0, ips, ips.length, false);
    }

    private List<String> vdsoNames(Target target) {
        List<String> names = new ArrayList<>();
        for (long offset = 0; offset < 4096; offset += 8) {
            Frame frame = user(target.process, target.address("vdso") + offset).frames()[0];
            assertThat(frame.module().fileName()).isEqualTo("[vdso]");
            if (frame.function() != null) {
                names.add(frame.function());
            }
        }
        return names;
    }

    private static boolean canFollowMapFiles() {
        try (var ranges = Files.newDirectoryStream(Path.of("/proc/self/map_files"))) {
            return Files.size(ranges.iterator().next()) >= 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static Set<String> openFiles() throws IOException {
        Set<String> files = new HashSet<>();
        try (var links = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path link : links) {
                String file = Files.isSymbolicLink(link)
                        ? Files.readSymbolicLink(link).toString()
                        : "";
                if (file.startsWith("/") && !file.endsWith("/fd")) {
                    files.add(file);
                }
            }
        }
        return files;
    }

    /** A running target.c. */
    private static final class Target implements AutoCloseable {
        final TracedProcess process;
        private final Process child;
        private final Map<String, Long> addresses = new HashMap<>();

        private Target(Process child) throws IOException {
            this.child = child;
            BufferedReader output =
                    new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8));
            for (int i = 0; i < 6; i++) {
                String[] fields = output.readLine().split(" 0x", 2);
                addresses.put(fields[0], Long.parseUnsignedLong(fields[1], 16));
            }
            process = new ProcessTable(ProcessTableConfig.defaults()).lookup((int) child.pid(), 0, 1, "target", 0);
        }

        static Target start(Path program) throws IOException {
            return new Target(new ProcessBuilder(program.toString()).start());
        }

        long address(String name) {
            return addresses.get(name);
        }

        @Override
        public void close() {
            child.destroyForcibly();
            assertThat(child.onExit().orTimeout(10, TimeUnit.SECONDS).join().isAlive())
                    .isFalse();
        }
    }
}
