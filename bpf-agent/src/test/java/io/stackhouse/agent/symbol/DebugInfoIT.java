package io.stackhouse.agent.symbol;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.stackhouse.agent.elf.Needs;
import io.stackhouse.agent.process.ProcessTable;
import io.stackhouse.agent.process.ProcessTableConfig;
import io.stackhouse.agent.process.TracedProcess;
import io.stackhouse.agent.testing.KernelTests;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/** Real programs of several compilers, stripped in several ways, while they run: what their frames are called, against what {@code nm} says of the program before it was stripped. */
class DebugInfoIT {
    private static final long[] NO_IPS = {};

    @TempDir
    Path folder;

    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void end() throws Exception {
        for (Process process : started) {
            process.destroyForcibly().waitFor();
        }
    }

    @Test
    void givesLinesAndInlinesOfAProgramBuiltWithDebugInformation() throws Exception {
        Path program = cpp("whole", "-g", "-O2");

        Outcome outcome = symbolize(start(program), program, program, DebugInfoConfig.defaults());

        outcome.print("C++ -g");
        outcome.assertNames(0.99);
        assertThat(outcome.withLine).isGreaterThan((int) (outcome.asked * 0.9));
        assertThat(outcome.withInlines).isGreaterThan(outcome.asked / 4);
        assertThat(outcome.files)
                .contains(Path.of("src/test/c/inlines.cc").toAbsolutePath().toString());
    }

    @Test
    void leavesAStrippedProgramWithModuleAndAddress() throws Exception {
        Path program = cpp("full", "-O2");
        Path stripped = strip(program, "bare");

        Outcome outcome = symbolize(start(stripped), stripped, program, DebugInfoConfig.defaults());

        outcome.print("C++ stripped");
        assertThat(outcome.wrong).isEmpty();
        assertThat(outcome.named).isLessThan(outcome.asked / 2);
    }

    @Test
    void namesAStrippedProgramByItsMiniDebugInfo() throws Exception {
        Path program = cpp("full", "-O2");
        Path stripped = strip(program, "mini");
        Path symbols = folder.resolve("mini.symbols");
        Needs.linesOf("objcopy", "--only-keep-debug", program.toString(), symbols.toString());
        Needs.linesOf("strip", "--strip-debug", symbols.toString());
        Path packed = folder.resolve("mini.xz");
        try (OutputStream out = new XZOutputStream(Files.newOutputStream(packed), new LZMA2Options(6))) {
            out.write(Files.readAllBytes(symbols));
        }
        Needs.linesOf("objcopy", "--add-section", ".gnu_debugdata=" + packed, stripped.toString());

        Outcome outcome = symbolize(start(stripped), stripped, program, DebugInfoConfig.defaults());

        outcome.print("C++ with .gnu_debugdata");
        outcome.assertNames(0.99);
    }

    @Test
    void findsTheFileOfADebugLinkOnlyIfItsChecksumIsRight() throws Exception {
        Path program = cpp("linked", "-g", "-O2", "-Wl,--build-id=none");
        Path debug = folder.resolve(".debug/app.debug");
        Files.createDirectory(debug.getParent());
        Needs.linesOf("objcopy", "--only-keep-debug", program.toString(), debug.toString());
        Path stripped = strip(program, "app");
        Needs.linesOf("objcopy", "--add-gnu-debuglink=" + debug, stripped.toString());
        Process process = start(stripped);

        Outcome outcome = symbolize(process, stripped, program, DebugInfoConfig.defaults());
        byte[] bytes = Files.readAllBytes(debug);
        bytes[bytes.length - 1] ^= 1;
        Files.write(debug, bytes);
        Outcome spoilt = symbolize(process, stripped, program, DebugInfoConfig.defaults());

        outcome.print("C++ with .gnu_debuglink");
        outcome.assertNames(0.99);
        assertThat(outcome.withLine).isGreaterThan((int) (outcome.asked * 0.9));
        assertThat(spoilt.withLine).isZero();
    }

    @Test
    void findsTheFileOfABuildIdInTheRootOfAContainer() throws Exception {
        KernelTests.requireRoot();
        Path root = Files.createDirectories(folder.resolve("root"));
        Path program = cpp("static", "-g", "-O2", "-static", "-Wl,--build-id=sha1");
        String id = buildId(program);
        Path debug = root.resolve("usr/lib/debug/.build-id/" + id.substring(0, 2) + "/" + id.substring(2) + ".debug");
        Files.createDirectories(debug.getParent());
        Needs.linesOf("objcopy", "--only-keep-debug", program.toString(), debug.toString());
        Path stripped = strip(program, "root/app");
        Process process = start("chroot", root.toString(), "/app", "forever");

        Outcome outcome = symbolize(process, stripped, program, DebugInfoConfig.defaults());

        outcome.print("C++ static in another root, build-id file");
        outcome.assertNames(0.99);
        assertThat(outcome.withInlines).isPositive();
    }

    @Test
    void asksADebuginfodServerOncePerBuild() throws Exception {
        Path program = cpp("remote", "-g", "-O2", "-Wl,--build-id=sha1");
        Path debug = folder.resolve("remote.debug");
        Needs.linesOf("objcopy", "--only-keep-debug", program.toString(), debug.toString());
        Path stripped = strip(program, "remote-app");
        String id = buildId(program);
        AtomicInteger requests = new AtomicInteger();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            boolean isKnown = exchange.getRequestURI().getPath().equals("/buildid/" + id + "/debuginfo");
            requests.addAndGet(isKnown ? 1 : 0);
            byte[] body = isKnown ? Files.readAllBytes(debug) : new byte[0];
            exchange.sendResponseHeaders(isKnown ? 200 : 404, isKnown ? body.length : -1);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(body);
            }
        });
        server.start();
        try {
            DebugInfoConfig d = DebugInfoConfig.defaults();
            URI address = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
            DebugInfoConfig config = new DebugInfoConfig(
                    true,
                    d.maxQueued(),
                    d.cpuShare(),
                    d.cpuBurst(),
                    d.maxInflatedBytes(),
                    address,
                    folder.resolve("downloads"),
                    64 << 20,
                    128 << 20);
            Process process = start(stripped);

            Outcome outcome = symbolize(process, stripped, program, config);
            symbolize(process, stripped, program, config);

            outcome.print("C++ stripped, debuginfod");
            outcome.assertNames(0.99);
            assertThat(outcome.withLine).isGreaterThan((int) (outcome.asked * 0.9));
            assertThat(requests).hasValue(1);
        } finally {
            server.stop(0);
        }
    }

    @Test
    void namesAStrippedGoProgramWithItsLines() throws Exception {
        Needs.tool("go");
        Path program = folder.resolve("go-full");
        Path stripped = folder.resolve("go-stripped");
        go(program, "");
        go(stripped, "-s -w");

        Outcome outcome = symbolize(start(stripped), stripped, program, DebugInfoConfig.defaults());

        outcome.print("Go stripped");
        outcome.assertNames(0.95);
        assertThat(outcome.withLine).isGreaterThan((int) (outcome.asked * 0.95));
        assertThat(outcome.files).anyMatch(file -> file.endsWith("/src/fmt/print.go"));
    }

    @Test
    void namesARustProgramWithItsLines() throws Exception {
        Path rustc = Path.of(System.getProperty("user.home"), ".cargo/bin/rustc");
        String command = Files.isExecutable(rustc) ? rustc.toString() : "/usr/bin/rustc";
        if (!Files.isExecutable(Path.of(command))) {
            // The set-up does not install it: it is as large as all the rest together.
            System.err.println("SKIPPED: this test needs rustc");
            org.junit.jupiter.api.Assumptions.abort("needs rustc");
        }
        Path program = folder.resolve("rust");
        Needs.linesOf(command, "-O", "-g", "-o", program.toString(), "src/test/rust/burner.rs");

        Outcome outcome = symbolize(start(program), program, program, DebugInfoConfig.defaults());

        outcome.print("Rust -O -g");
        outcome.assertNames(0.95);
        // The standard library's own C parts come without lines.
        assertThat(outcome.withLine).isGreaterThan((int) (outcome.asked * 0.6));
        assertThat(outcome.withInlines).isGreaterThan(outcome.asked / 4);
    }

    private void go(Path output, String flags) throws Exception {
        String command = "GO111MODULE=off GOFLAGS= GOCACHE=" + folder.resolve("go-cache") + " go build -ldflags='"
                + flags + "' -o " + output + " src/test/go/burner.go";
        Needs.linesOf("sh", "-c", command);
    }

    private Path cpp(String name, String... options) throws Exception {
        Needs.tool("g++");
        Path program = folder.resolve(name);
        List<String> command = new ArrayList<>(List.of("g++"));
        command.addAll(List.of(options));
        // A path of its own, so that what is found is this file.
        command.addAll(List.of(
                "-o",
                program.toString(),
                Path.of("src/test/c/inlines.cc").toAbsolutePath().toString()));
        Needs.linesOf(command.toArray(new String[0]));
        return program;
    }

    private Path strip(Path program, String name) throws Exception {
        Path stripped = folder.resolve(name);
        Needs.linesOf("strip", "-o", stripped.toString(), program.toString());
        return stripped;
    }

    private static String buildId(Path program) throws Exception {
        for (String line : Needs.linesOf("readelf", "-n", program.toString())) {
            if (line.contains("Build ID:")) {
                return line.substring(line.lastIndexOf(' ') + 1);
            }
        }
        throw new AssertionError("no build id in " + program);
    }

    private Process start(Path program) throws IOException {
        return start(program.toString(), "forever");
    }

    private Process start(String... command) throws IOException {
        Process process = new ProcessBuilder(command).start();
        started.add(process);
        assertThat(process.inputReader().readLine()).isEqualTo("ready");
        return process;
    }

    /** What came of asking for addresses all over the program. */
    private static final class Outcome {
        int asked;
        int named;
        int withLine;
        int withInlines;
        final List<String> wrong = new ArrayList<>();
        final Set<String> files = new HashSet<>();

        void print(String what) {
            System.out.printf(
                    "%s: %d addresses, %d named, %d wrong, %d with a line, %d with inlines%n",
                    what, asked, named, wrong.size(), withLine, withInlines);
        }

        void assertNames(double share) {
            assertThat(wrong).isEmpty();
            assertThat(named).isGreaterThanOrEqualTo((int) (asked * share));
            assertThat(asked).isGreaterThan(500);
        }
    }

    private Outcome symbolize(Process child, Path file, Path whole, DebugInfoConfig config) throws Exception {
        NavigableMap<Long, Map.Entry<Long, Set<String>>> functions = functions(whole);
        List<Long> addresses = new ArrayList<>();
        int step = Math.max(1, functions.size() / 300);
        int parts = Math.max(4, 1000 / functions.size());
        int k = 0;
        for (Map.Entry<Long, Map.Entry<Long, Set<String>>> f : functions.entrySet()) {
            long size = f.getValue().getKey();
            for (int part = 0; part < parts && k % step == 0; part++) {
                addresses.add(f.getKey() + size * part / parts);
            }
            k++;
        }
        long base = base(child.pid(), file);
        TracedProcess process =
                new ProcessTable(ProcessTableConfig.defaults()).lookup((int) child.pid(), 0, 1, "app", 0);
        try (NativeSymbolizer symbolizer =
                new NativeSymbolizer(SymbolizerConfig.defaults(), RuntimeFrames.NONE, config)) {
            List<Frame> frames = new ArrayList<>();
            for (long address : addresses) {
                frames.add(symbolizer.symbolize(process, NO_IPS, 0, new long[] {base + address}, 1, false)
                        .frames()[0]);
            }
            waitForAll(symbolizer);
            return outcome(addresses, frames, functions);
        }
    }

    private static void waitForAll(NativeSymbolizer symbolizer) {
        SymbolizerCounters counters = symbolizer.counters();
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(100))
                .until(() -> counters.linesAnswered() == counters.linesAsked());
    }

    private static Outcome outcome(
            List<Long> addresses, List<Frame> frames, NavigableMap<Long, Map.Entry<Long, Set<String>>> functions) {
        Outcome outcome = new Outcome();
        for (int i = 0; i < frames.size(); i++) {
            Frame frame = frames.get(i);
            List<Frame.Line> lines = frame.lines();
            String name = lines.isEmpty()
                    ? frame.systemName()
                    : lines.get(lines.size() - 1).systemName();
            outcome.asked++;
            outcome.named += name == null ? 0 : 1;
            outcome.withInlines += lines.size() > 1 ? 1 : 0;
            outcome.withLine += !lines.isEmpty() && lines.get(0).line() > 0 ? 1 : 0;
            lines.forEach(line -> outcome.files.add(String.valueOf(line.file())));
            Set<String> right =
                    functions.floorEntry(addresses.get(i)).getValue().getValue();
            // Go's own table leaves out type arguments.
            boolean isRight = right.contains(name)
                    || right.stream()
                            .anyMatch(r -> r.replaceAll("\\[[^\\]]*]", "[...]").equals(name));
            if (name != null && !isRight) {
                outcome.wrong.add(Long.toHexString(addresses.get(i)) + ": " + name + " instead of " + right);
            }
        }
        return outcome;
    }

    /** By start: size and names. */
    private static NavigableMap<Long, Map.Entry<Long, Set<String>>> functions(Path program) throws Exception {
        NavigableMap<Long, Map.Entry<Long, Set<String>>> result = new TreeMap<>();
        for (String line : Needs.linesOf("nm", "-n", "-S", "--defined-only", program.toString())) {
            String[] fields = line.split(" ", 4);
            if (fields.length == 4 && "tTwWi".contains(fields[2])) {
                long size = Long.parseUnsignedLong(fields[1], 16);
                if (size > 0) {
                    result.computeIfAbsent(Long.parseUnsignedLong(fields[0], 16), a -> Map.entry(size, new HashSet<>()))
                            .getValue()
                            .add(fields[3].replaceFirst("(@.*|\\.abi0)$", ""));
                }
            }
        }
        return result;
    }

    /** What is added to addresses of the file. */
    private static long base(long pid, Path file) throws Exception {
        for (String line : Needs.linesOf("readelf", "-hW", file.toString())) {
            if (line.contains("Type:") && line.contains("EXEC")) {
                return 0;
            }
        }
        String name = file.getFileName().toString();
        for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/maps"))) {
            if (line.endsWith("/" + name)) {
                return Long.parseUnsignedLong(line.substring(0, line.indexOf('-')), 16);
            }
        }
        throw new AssertionError(name + " is not mapped");
    }
}
