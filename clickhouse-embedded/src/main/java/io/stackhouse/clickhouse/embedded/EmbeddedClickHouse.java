package io.stackhouse.clickhouse.embedded;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A ClickHouse server of one's own, in a child process on free loopback ports: for tests, which may {@link #kill} and {@link #restart} it.
 *
 * <p>Threads: safe from any, but start, kill, restart and close belong to one owner. The child ends with this process, even when this is killed: it watches a pipe of
 * ours. {@link #close} ends it in order, and is safe to call twice. The data folder belongs to the caller and is left as it is.
 */
public final class EmbeddedClickHouse implements AutoCloseable {

    private static final int START_SECONDS = 60;
    private static final int STOP_SECONDS = 15;
    private static final int KEPT_LINES = 40;
    private static final String READY = "ready ";

    private final Path dataDirectory;
    private final List<String> extraOptions;
    private final Deque<String> lastLines = new ArrayDeque<>();
    private Process process;
    private int httpPort;
    private int tcpPort;

    private EmbeddedClickHouse(Path dataDirectory, List<String> extraOptions) {
        this.dataDirectory = dataDirectory.toAbsolutePath();
        this.extraOptions = List.copyOf(extraOptions);
        this.process = launch();
    }

    /**
     * Whether the engine's library is on this machine. When it is not, says so on the standard error, since a test that asks will skip.
     *
     * @throws IllegalStateException when it is missing and the environment has {@code CI=true}: there, nothing may be skipped
     */
    public static boolean isAvailable() {
        Optional<String> reason = unavailableReason();
        if (reason.isEmpty()) {
            return true;
        }
        if ("true".equals(System.getenv("CI"))) {
            throw new IllegalStateException("with CI=true no test may be skipped, but " + reason.get());
        }
        System.err.println("SKIPPED, no ClickHouse to test with: " + reason.get());
        return false;
    }

    /** Why no server can be started here, and what to do; empty when one can. */
    public static Optional<String> unavailableReason() {
        return LibraryLocation.find().isPresent() ? Optional.empty() : Optional.of(LibraryLocation.missing());
    }

    /**
     * Starts a server on free ports and waits until it answers.
     *
     * @param dataDirectory made if absent; data of an earlier server in it are there again
     * @throws IllegalStateException when it does not start; the message has the server's last lines
     */
    public static EmbeddedClickHouse start(Path dataDirectory) {
        return start(dataDirectory, List.of());
    }

    /** As {@link #start(Path)}, with further options of the program, for example {@code --memory}, {@code 512MiB}. */
    public static EmbeddedClickHouse start(Path dataDirectory, List<String> options) {
        return new EmbeddedClickHouse(dataDirectory, options);
    }

    /** The port of the HTTP interface; it stays the same over {@link #restart}. */
    public synchronized int httpPort() {
        return httpPort;
    }

    /** The port of the native protocol; it stays the same over {@link #restart}. */
    public synchronized int tcpPort() {
        return tcpPort;
    }

    /** The HTTP interface, {@code http://127.0.0.1:PORT}. */
    public URI endpoint() {
        return URI.create("http://" + ServerOptions.HOST + ":" + httpPort());
    }

    /** The process now running, or the last one that did. */
    public synchronized long pid() {
        return process.pid();
    }

    /** Whether the process lives. */
    public synchronized boolean isAlive() {
        return process.isAlive();
    }

    /** Ends the server as kill -9 does, and returns when it is gone. */
    public synchronized void kill() {
        process.destroyForcibly();
        await(process);
    }

    /** Ends the server in order if it runs, and starts it again on the same data and the same ports. */
    public synchronized void restart() {
        close();
        process = launch();
    }

    @Override
    public synchronized void close() {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            // The pipe breaks when the child is gone already, and that is what is wanted.
            process.destroy();
        }
        if (!await(process)) {
            process.destroyForcibly();
            await(process);
        }
    }

    private Process launch() {
        Path library = LibraryLocation.find().orElseThrow(() -> new IllegalStateException(LibraryLocation.missing()));
        List<String> command = ChildCommand.of(library, options());
        try {
            Process started =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            awaitReady(started);
            return started;
        } catch (IOException e) {
            throw new IllegalStateException("could not start " + command.get(0), e);
        }
    }

    private List<String> options() {
        List<String> options = new ArrayList<>(List.of("--data", dataDirectory.toString(), "--exit-with-stdin"));
        options.addAll(List.of("--http-port", Integer.toString(httpPort), "--tcp-port", Integer.toString(tcpPort)));
        options.addAll(extraOptions);
        return options;
    }

    private void awaitReady(Process started) {
        BlockingQueue<String> firstLine = new ArrayBlockingQueue<>(1);
        InputStream output = started.getInputStream();
        Thread reader = new Thread(() -> read(output, firstLine), "clickhouse-output-" + started.pid());
        reader.setDaemon(true);
        reader.start();
        String ready = poll(firstLine);
        if (ready == null || ready.isEmpty()) {
            started.destroyForcibly();
            throw new IllegalStateException(
                    ready == null
                            ? "ClickHouse did not start within " + START_SECONDS + " s: " + lastOutput()
                            : "ClickHouse did not start: " + lastOutput());
        }
        String[] words = ready.split(" ", -1);
        httpPort = URI.create(words[1]).getPort();
        tcpPort = Integer.parseInt(words[3].substring(words[3].indexOf(':') + 1));
    }

    private static @Nullable String poll(BlockingQueue<String> lines) {
        try {
            return lines.poll(START_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    /** Hands over the ready line, or an empty one at the end of the output; keeps the last lines for messages. */
    private void read(InputStream output, BlockingQueue<String> firstLine) {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(output, StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                keep(line);
                if (line.startsWith(READY)) {
                    firstLine.add(line);
                }
            }
        } catch (IOException e) {
            keep("could not read the output: " + e);
        }
        boolean unused = firstLine.offer("");
    }

    private void keep(String line) {
        synchronized (lastLines) {
            if (lastLines.size() == KEPT_LINES) {
                lastLines.removeFirst();
            }
            lastLines.addLast(line);
        }
    }

    /** The last {@value #KEPT_LINES} lines that it printed, of all its lives, for messages. */
    public String lastOutput() {
        synchronized (lastLines) {
            return lastLines.isEmpty() ? "it printed nothing" : String.join("\n", lastLines);
        }
    }

    private static boolean await(Process process) {
        try {
            return process.waitFor(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
