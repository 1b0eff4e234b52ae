package io.stackhouse.receiver.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Something made of the content of files, made anew when that changes: all files are read together, what is made of them takes the
 * old one's place at once or not at all. While they can't be used the old one stays; that is logged and counted once for each
 * content.
 *
 * <p>Threads: {@link #get} any; {@link #start} and {@link #close} one; files are read by an own daemon thread, every interval.
 * Content counts, not times, so that links that are turned round and clocks that jump are seen rightly. A file may have up to
 * {@value #MAX_FILE_BYTES} bytes.
 *
 * @param <T> what is made, immutable
 */
public final class ReloadedFiles<T> implements AutoCloseable {
    /** Makes something of files' contents, in the order of the files. */
    public interface Loader<T> {
        /** Throws IllegalArgumentException with what is wrong and what would do, and no content. */
        T load(List<byte[]> contents);
    }

    static final int MAX_FILE_BYTES = 1 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(ReloadedFiles.class);

    private final String name;
    private final List<Path> files;
    private final Loader<T> loader;
    private final Runnable onFailure;
    private @Nullable List<byte[]> inUse;
    private @Nullable List<byte[]> failed;
    private String failure = "";
    private volatile @Nullable T current;
    private @Nullable ScheduledExecutorService poller;

    /**
     * Reads nothing yet.
     *
     * @param name of what is made, for messages, such as {@code otlp grpc: the certificate}
     * @param onFailure called once for each content that can't be used
     */
    public ReloadedFiles(String name, List<Path> files, Loader<T> loader, Runnable onFailure) {
        this.name = name;
        this.files = List.copyOf(files);
        this.loader = loader;
        this.onFailure = onFailure;
    }

    /**
     * Reads the files, and from then on every interval.
     *
     * @throws IllegalArgumentException when they can't be used, with what is wrong
     */
    public void start(long intervalNanos) {
        List<byte[]> contents = read();
        current = loader.load(contents);
        inUse = contents;
        if (files.isEmpty()) {
            return;
        }
        ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "reload " + name);
            thread.setDaemon(true);
            return thread;
        });
        poller = executor;
        Future<?> unused =
                executor.scheduleWithFixedDelay(this::poll, intervalNanos, intervalNanos, TimeUnit.NANOSECONDS);
    }

    /** What was made last. */
    public T get() {
        T made = current;
        if (made == null) {
            throw new IllegalStateException(name + " is not loaded yet");
        }
        return made;
    }

    @Override
    public void close() {
        if (files.isEmpty()) {
            return;
        }
        ScheduledExecutorService executor = poller;
        poller = null;
        if (executor != null) {
            executor.shutdownNow();
        }
    }

    private void poll() {
        List<byte[]> contents = null;
        try {
            contents = read();
            if (isSame(contents, inUse)) {
                failed = null;
                failure = "";
                return;
            }
            // Tried again even when it has failed before: a certificate becomes valid with time.
            current = loader.load(contents);
            inUse = contents;
            failed = null;
            failure = "";
            LOG.info("{} was reloaded", name);
        } catch (IllegalArgumentException e) {
            failed(contents, String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            failed(contents, e.getClass().getSimpleName());
            LOG.debug("{} can't be reloaded", name, e);
        }
    }

    private void failed(@Nullable List<byte[]> contents, String message) {
        if (message.equals(failure) && isSame(contents, failed)) {
            return;
        }
        failed = contents;
        failure = message;
        onFailure.run();
        LOG.warn("{} can't be reloaded, the old one stays: {}", name, message);
    }

    private static boolean isSame(@Nullable List<byte[]> a, @Nullable List<byte[]> b) {
        if (a == null || b == null) {
            return a == b;
        }
        boolean isSame = a.size() == b.size();
        for (int i = 0; i < a.size() && isSame; i++) {
            isSame = Arrays.equals(a.get(i), b.get(i));
        }
        return isSame;
    }

    private List<byte[]> read() {
        List<byte[]> contents = new ArrayList<>();
        for (Path file : files) {
            contents.add(read(file));
        }
        return contents;
    }

    private static byte[] read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] content = in.readNBytes(MAX_FILE_BYTES + 1);
            if (content.length > MAX_FILE_BYTES) {
                throw new IllegalArgumentException(file + " is longer than 1MiB; name another file");
            }
            return content;
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException("there is no file " + file + "; check the path", e);
        } catch (AccessDeniedException e) {
            throw new IllegalArgumentException(
                    file + " may not be read by this user; make it readable for the collector's user", e);
        } catch (IOException e) {
            throw new IllegalArgumentException("can't read " + file + ": " + e.getMessage(), e);
        }
    }
}
