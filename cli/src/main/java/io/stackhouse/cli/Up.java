package io.stackhouse.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One run of {@code up}: starts the parts in order, shows the table while they run, and stops them in the reverse order, whatever the reason for the end.
 *
 * <p>Threads: {@link #run} for one; a signal's shutdown hook may end it at any time from another, and both go through {@link #end}.
 */
final class Up {

    private static final Duration READY_WITHIN = Duration.ofSeconds(60);
    private static final Duration TABLE_WINDOW = Duration.ofSeconds(60);
    private static final long PRINT_GAP_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final int CONNECT_MILLIS = 2000;
    private static final int TABLE_LINES = 15;

    private final UpOptions options;
    private final Parts parts;
    private final Screen screen;
    private final Supervisor supervisor;
    private final HotFunctions functions;
    private final Object endLock = new Object();
    private boolean ended;
    private boolean clickHouseServes;
    private List<String> lastTable = List.of();
    private long lastPrintNanos;

    Up(UpOptions options, Parts parts, Screen screen) {
        this.options = options;
        this.parts = parts;
        this.screen = screen;
        this.supervisor = new Supervisor(parts.user());
        this.functions = new HotFunctions(new ClickHouseHttp(endpoint()));
    }

    /** Returns the exit code. */
    int run() throws IOException, InterruptedException {
        Thread hook = new Thread(this::end, "up-stop");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            startParts();
            hints().forEach(screen::line);
            watch();
            return ExitCodes.OK;
        } catch (ChildFailedException e) {
            if (supervisor.isStopping()) {
                return ExitCodes.FAILED;
            }
            throw new CommandException(ExitCodes.FAILED, "everything was stopped, because " + e.getMessage());
        } finally {
            end();
        }
    }

    private void startParts() throws IOException, InterruptedException {
        UpOptions.Ports ports = options.ports();
        start(parts.clickHouse(), endpoint() + " (HTTP), 127.0.0.1:" + ports.tcp() + " (native)");
        clickHouseServes = true;
        start(
                parts.collector(),
                "OTLP on 127.0.0.1:" + ports.otlpGrpc() + " (gRPC), 127.0.0.1:" + ports.otlpHttp() + " (HTTP)");
        requireListening("collector", ports.otlpGrpc());
        requireListening("collector", ports.otlpHttp());
        start(
                parts.agent(),
                options.samplesPerSecond() + " samples per second and CPU, sent every "
                        + options.interval().toSeconds() + " s");
    }

    private void start(ChildSpec part, String what) throws IOException, InterruptedException {
        long startNanos = System.nanoTime();
        Child child = supervisor.start(part, READY_WITHIN);
        long tenths = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos) / 100;
        screen.line((part.name() + " ".repeat(12)).substring(0, 12) + "ready in " + tenths / 10 + "." + tenths % 10
                + " s, pid " + child.pid() + ": " + what);
    }

    private static void requireListening(String name, int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MILLIS);
        } catch (IOException e) {
            throw new ChildFailedException(
                    name + " says that it is ready but nothing listens on port " + port + ": " + e.getMessage());
        }
    }

    private void watch() throws InterruptedException {
        long endNanos = options.runFor() == null
                ? Long.MAX_VALUE
                : System.nanoTime() + options.runFor().toNanos();
        long gapNanos = options.interval().plusSeconds(1).toNanos();
        long leftNanos = left(endNanos);
        while (leftNanos > 0) {
            if (endedWithin(Math.min(gapNanos, leftNanos))) {
                return;
            }
            leftNanos = left(endNanos);
            if (options.showTable() && leftNanos > 0) {
                showTable();
            }
        }
    }

    private static long left(long endNanos) {
        return endNanos == Long.MAX_VALUE ? Long.MAX_VALUE : endNanos - System.nanoTime();
    }

    /** Whether we are being stopped; a part that ended by itself is a failure. */
    private boolean endedWithin(long nanos) throws InterruptedException {
        try {
            Child first = supervisor.firstEnd().get(nanos, TimeUnit.NANOSECONDS);
            throw new ChildFailedException(first.endMessage());
        } catch (TimeoutException e) {
            return supervisor.isStopping();
        } catch (ExecutionException e) {
            throw new IllegalStateException("could not watch the parts", e);
        }
    }

    private void showTable() {
        List<String> table = readTable();
        boolean due =
                screen.isTerminal() || lastTable.isEmpty() || System.nanoTime() - lastPrintNanos >= PRINT_GAP_NANOS;
        if (due && !table.isEmpty() && !table.equals(lastTable)) {
            screen.block(table);
            lastTable = table;
            lastPrintNanos = System.nanoTime();
        }
    }

    /** Empty while nothing is stored. */
    private List<String> readTable() {
        try {
            List<HotFunction> hottest = functions.read(TABLE_WINDOW, "", TABLE_LINES);
            if (hottest.isEmpty()) {
                return List.of();
            }
            List<String> table = new ArrayList<>();
            table.add("");
            table.add("Hottest functions of the last " + TABLE_WINDOW.toSeconds() + " s");
            table.addAll(HotTable.render(hottest, screen.columns()));
            return table;
        } catch (IOException e) {
            return List.of("could not read the table: " + e.getMessage());
        }
    }

    private List<String> hints() {
        String port = options.ports().http() == 8123 ? "" : "--endpoint " + endpoint() + " ";
        return List.of(
                "",
                "Everything runs; the first samples are stored after "
                        + options.interval().toSeconds() + " s. Ask in another terminal:",
                "  ./stackhouse top " + port + "--last 5m",
                "  ./stackhouse sql " + port
                        + "\"SELECT ServiceName, sum(Value) / 1e9 AS CpuSeconds FROM otel_profiles_samples GROUP BY 1 ORDER BY 2"
                        + " DESC LIMIT 10\"",
                "  curl " + endpoint() + " --data-binary \"SELECT count() FROM otel.otel_profiles_samples\"",
                options.runFor() == null
                        ? "Ctrl-C stops it."
                        : "It ends after " + options.runFor().toSeconds() + " s.");
    }

    /** Stops agent, collector and ClickHouse, each after what it still had is with the next, and prints the last table before ClickHouse goes. */
    private void end() {
        synchronized (endLock) {
            if (ended) {
                return;
            }
            ended = true;
            while (supervisor.size() > 1) {
                supervisor.stopLast();
            }
            if (clickHouseServes && supervisor.firstEnd().getNow(null) == null) {
                List<String> table = readTable();
                (table.isEmpty()
                                ? List.of("no CPU samples were stored in the last " + TABLE_WINDOW.toSeconds() + " s")
                                : table)
                        .forEach(screen::line);
            }
            supervisor.close();
            screen.line("stopped; the data are in " + options.data());
        }
    }

    private URI endpoint() {
        return URI.create("http://127.0.0.1:" + options.ports().http());
    }
}
