package io.stackhouse.clickhouse.embedded;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One engine in this process, from the checks before it to its orderly end.
 *
 * <p>Threads: {@link #run} holds the calling thread for the engine's life. A daemon thread waits for the ports, another for the parent's end; a shutdown hook ends the
 * engine on a signal and waits up to {@value #STOP_SECONDS} s for it.
 */
final class Server {

    private static final int STOP_SECONDS = 1;

    private final ServerOptions options;
    private final boolean exitWithStdin;
    private final PrintWriter out;
    private final Runnable endProcess;
    private final EndpointFile endpointFile;
    private final CountDownLatch ended = new CountDownLatch(1);

    /**
     * @param endProcess ends it at once with exit code 0, for an engine that does not end by itself
     */
    Server(ServerOptions options, boolean exitWithStdin, PrintWriter out, Runnable endProcess) {
        this.options = options;
        this.exitWithStdin = exitWithStdin;
        this.out = out;
        this.endProcess = endProcess;
        this.endpointFile = new EndpointFile(options.directory());
    }

    /**
     * Returns after an orderly end.
     *
     * @throws ServerException when it can't start or failed
     */
    void run() throws IOException {
        Path library = LibraryLocation.find().orElseThrow(() -> new ServerException(LibraryLocation.missing()));
        createDirectory();
        try (FileChannel channel = openLockFile();
                FileLock lock = lock(channel)) {
            requireFree("--http-port", options.httpPort());
            requireFree("--tcp-port", options.tcpPort());
            String error = runEngine(load(library));
            if (error != null && lock.isValid()) {
                throw new ServerException("ClickHouse failed: " + error.trim());
            }
        }
    }

    private @Nullable String runEngine(LibChdb engine) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(engine), "clickhouse-stop"));
        startDaemon("clickhouse-ports", () -> announce(engine));
        if (exitWithStdin) {
            startDaemon("clickhouse-parent", () -> stopWithParent(engine));
        }
        try {
            return engine.run(options.engineArguments(engine.portsFile()));
        } finally {
            engine.skipDestructors();
            endpointFile.delete();
            ended.countDown();
        }
    }

    private void announce(LibChdb engine) {
        String ports = engine.awaitPorts();
        if (ports == null) {
            return;
        }
        int tab = ports.indexOf('\t');
        int http = Integer.parseInt(ports.substring(0, tab));
        int tcp = Integer.parseInt(ports.substring(tab + 1));
        try {
            endpointFile.write(http, tcp, ProcessHandle.current().pid());
        } catch (IOException e) {
            out.println("stackhouse clickhouse: could not write the endpoint file: " + e);
        }
        out.println("ready http://" + ServerOptions.HOST + ":" + http + " native " + ServerOptions.HOST + ":" + tcp);
        out.flush();
    }

    /** Idle connections keep the engine from its end; what it acknowledged is on disk, so that waiting for them would bring nothing. */
    private boolean stop(LibChdb engine) {
        endpointFile.delete();
        engine.skipDestructors();
        engine.stop();
        try {
            return ended.await(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void stopWithParent(LibChdb engine) {
        engine.awaitParentEnd();
        if (!stop(engine)) {
            endProcess.run();
        }
    }

    private static void startDaemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    private static LibChdb load(Path library) {
        try {
            return LibChdb.load(library);
        } catch (UnsatisfiedLinkError e) {
            throw new ServerException(
                    "could not load " + library + ": " + e.getMessage()
                            + ". It needs Linux with glibc (not musl) on x86-64 or arm64; if the file is damaged, delete"
                            + " clickhouse-embedded/node_modules and run ./stackhouse setup.",
                    e);
        }
    }

    private void createDirectory() {
        try {
            Files.createDirectories(options.engineDirectory());
        } catch (IOException e) {
            throw new ServerException(
                    "could not create the data folder " + options.engineDirectory() + ": " + e
                            + ". Name another with --data, or make it writable for this user.",
                    e);
        }
    }

    private FileChannel openLockFile() {
        Path file = options.directory().resolve("clickhouse.lock");
        try {
            return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new ServerException(
                    "could not write to the data folder: " + e
                            + ". Name another with --data, or make it writable for this user.",
                    e);
        }
    }

    private FileLock lock(FileChannel channel) throws IOException {
        FileLock lock;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            lock = null;
        }
        if (lock == null) {
            throw new ServerException("another server uses the data folder " + options.directory()
                    + ". Stop it (its pid is in clickhouse-endpoint there), or name another folder with --data.");
        }
        return lock;
    }

    private static void requireFree(String option, int port) throws IOException {
        if (port == 0) {
            return;
        }
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        } catch (java.net.BindException e) {
            throw new ServerException(
                    "port " + port + " on " + ServerOptions.HOST + " can't be had (" + e.getMessage()
                            + "). Stop what listens there, or choose another with " + option + " (0 for a free one).",
                    e);
        }
    }
}
