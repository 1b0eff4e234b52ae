package io.stackhouse.cli;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One running program: its output goes to its log, its end is seen, and it holds a pipe from us as its standard input, so that it ends when we do, however that happens.
 *
 * <p>Threads: one of our own copies the output; the methods are for any. {@link #stop} is safe to call twice and blocks until the process is gone.
 */
public final class Child {

    private static final int BUFFER_BYTES = 8192;

    private final ChildSpec spec;
    private final Process process;
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private final OutputTail tail;
    private final Thread pump;

    private Child(ChildSpec spec, Process process, ChildLog log) {
        this.spec = spec;
        this.process = process;
        this.tail = new OutputTail(line -> {
            if (spec.ready().matcher(line).find()) {
                ready.complete(null);
            }
        });
        this.pump = new Thread(() -> copyOutput(log), spec.name() + "-output");
        pump.setDaemon(true);
        pump.start();
    }

    static Child start(ChildSpec spec, FileOwner logOwner) throws IOException {
        ChildLog log = new ChildLog(spec.log(), ChildLog.MAX_BYTES, logOwner);
        try {
            ProcessBuilder builder = new ProcessBuilder(spec.command()).redirectErrorStream(true);
            // Ours may be a folder that the child's user can't even see.
            builder.directory(new java.io.File("/"));
            builder.environment().putAll(spec.environment());
            return new Child(spec, builder.start(), log);
        } catch (IOException e) {
            log.close();
            throw e;
        }
    }

    public String name() {
        return spec.name();
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Completes with the exit code at the end, asked for or not. */
    CompletableFuture<Integer> ended() {
        return process.onExit().thenApply(Process::exitValue);
    }

    /**
     * Waits for the line that says that it serves.
     *
     * @throws ChildFailedException when it ends before, or takes too long
     */
    void awaitReady(Duration within) throws InterruptedException {
        CompletableFuture<Object> first = CompletableFuture.anyOf(ready, process.onExit());
        try {
            first.get(within.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new ChildFailedException(
                    spec.name() + " was not ready within " + within.toSeconds() + " s. " + lastLines());
        } catch (ExecutionException e) {
            throw new IllegalStateException("could not watch " + spec.name(), e);
        }
        if (!process.isAlive()) {
            pump.join(TimeUnit.SECONDS.toMillis(1));
            throw new ChildFailedException(endMessage());
        }
    }

    /** For a person: with which code it ended, and its last lines. */
    public String endMessage() {
        return spec.name() + " ended with exit code " + process.exitValue() + ". " + lastLines();
    }

    /** Asks it to end, and kills it when its time is over. */
    public void stop() {
        // Not Process.destroy(), which would close its output before its last lines are read.
        process.toHandle().destroy();
        if (!awaitEnd(spec.stopWithin())) {
            process.toHandle().destroyForcibly();
            awaitEnd(spec.stopWithin());
        }
    }

    private boolean awaitEnd(Duration within) {
        try {
            return process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private String lastLines() {
        String text = String.join("\n  ", tail.last());
        return (text.isEmpty() ? "It printed nothing" : "Its last lines:\n  " + text) + "\n  (all of them: "
                + spec.log() + ")";
    }

    private void copyOutput(ChildLog log) {
        byte[] buffer = new byte[BUFFER_BYTES];
        try (ChildLog open = log;
                InputStream output = process.getInputStream()) {
            for (int length = output.read(buffer); length >= 0; length = output.read(buffer)) {
                tail.write(buffer, length);
                open.write(buffer, length);
            }
        } catch (IOException e) {
            byte[] message =
                    ("could not go on with the log: " + e + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8);
            tail.write(message, message.length);
        } finally {
            tail.end();
        }
    }
}
