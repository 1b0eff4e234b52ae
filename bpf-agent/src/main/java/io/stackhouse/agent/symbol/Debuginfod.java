package io.stackhouse.agent.symbol;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches debug files from a debuginfod server: {@code GET URL/buildid/ID/debuginfo}, into a folder, one at a time.
 *
 * <p>Threads: one. Bounded: each file by bytes and time, the folder by bytes (the oldest file goes first; {@link DownloadFolder}), builds that the server does not have are not asked for again for an hour. Whoever uses a
 * file checks its build id.
 */
final class Debuginfod {
    private static final Logger LOG = LoggerFactory.getLogger(Debuginfod.class);
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final long MISSING_NANOS = Duration.ofHours(1).toNanos();
    private static final int MAX_MISSING = 4096;

    private final URI server;
    private final DownloadFolder folder;
    private final long maxFileBytes;
    private final HttpClient client;
    private final Map<String, Long> missing = new LinkedHashMap<>();

    Debuginfod(URI server, Path folder, long maxFileBytes, long maxFolderBytes) {
        this.server = server;
        this.folder = new DownloadFolder(folder, maxFolderBytes);
        this.maxFileBytes = maxFileBytes;
        client = HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT).build();
    }

    /** The file of a build; null if the server has none, or none in time and within bounds. */
    @Nullable
    Path fetch(String buildId) {
        Path file = folder.resolve(buildId + ".debug");
        Long missed = missing.get(buildId);
        if (!isHex(buildId) || (missed != null && System.nanoTime() - missed < MISSING_NANOS)) {
            return null;
        }
        try {
            folder.prepare(0);
            if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                return file;
            }
            folder.prepare(maxFileBytes);
            if (download(buildId, file)) {
                return file;
            }
        } catch (IOException e) {
            LOG.warn("No debug information for build {} from {}: {}", buildId, server, e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
        if (missing.size() >= MAX_MISSING) {
            missing.clear();
        }
        missing.put(buildId, System.nanoTime());
        return null;
    }

    private boolean download(String buildId, Path file) throws IOException, InterruptedException {
        String base = server.toString();
        URI address = URI.create((base.endsWith("/") ? base : base + "/") + "buildid/" + buildId + "/debuginfo");
        HttpRequest request =
                HttpRequest.newBuilder(address).timeout(TIMEOUT).GET().build();
        HttpResponse<InputStream> response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
        Path part = folder.resolve(buildId + ".part");
        Files.deleteIfExists(part);
        InputStream body = response.body();
        // A read waits for ever when a server falls silent; one whose stream is closed ends.
        CompletableFuture<Void> deadline = CompletableFuture.runAsync(
                () -> close(body), CompletableFuture.delayedExecutor(TIMEOUT.toSeconds(), TimeUnit.SECONDS));
        try (body) {
            if (response.statusCode() != 200) {
                return false;
            }
            copy(body, part, System.nanoTime() + TIMEOUT.toNanos());
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
            return true;
        } finally {
            deadline.cancel(false);
            Files.deleteIfExists(part);
        }
    }

    private static void close(InputStream body) {
        try {
            body.close();
        } catch (IOException e) {
            LOG.debug("Closing an answer that took too long", e);
        }
    }

    private void copy(InputStream body, Path part, long deadlineNanos) throws IOException {
        byte[] buffer = new byte[64 * 1024];
        long bytes = 0;
        try (OutputStream out = Files.newOutputStream(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (int got = body.read(buffer); got >= 0; got = body.read(buffer)) {
                bytes += got;
                if (bytes > maxFileBytes || System.nanoTime() > deadlineNanos) {
                    throw new IOException(
                            "more than " + maxFileBytes + " bytes, or more than " + TIMEOUT.toSeconds() + " s");
                }
                out.write(buffer, 0, got);
            }
        }
    }

    private static boolean isHex(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.digit(text.charAt(i), 16) < 0) {
                return false;
            }
        }
        return !text.isEmpty();
    }
}
