package io.stackhouse.clickhouse.embedded;

import java.nio.file.Path;
import java.util.List;

/**
 * What one server runs with, and the engine's command line that says so.
 *
 * @param directory the data folder; the engine's own files are in its {@code clickhouse}
 * @param httpPort 0 to 65535; 0 lets the system choose
 * @param tcpPort 0 to 65535; 0 lets the system choose
 * @param memoryBytes what the engine may use, without the JVM around it
 */
record ServerOptions(Path directory, int httpPort, int tcpPort, long memoryBytes) {

    static final String HOST = "127.0.0.1";

    /** Caches get a part of the memory, since they count against the cap; the rest is for queries and merges. */
    private static final int CACHE_SHARE = 16;

    /** Longer than we wait for the engine, so that the exit code is ours. */
    private static final int SHUTDOWN_WAIT_SECONDS = 60;

    Path engineDirectory() {
        return directory.resolve("clickhouse");
    }

    List<String> engineArguments(String portsFile) {
        String cacheBytes = Long.toString(memoryBytes / CACHE_SHARE);
        return List.of(
                "clickhouse",
                "--path=" + engineDirectory(),
                "--listen_host=" + HOST,
                "--http_port=" + httpPort,
                "--tcp_port=" + tcpPort,
                "--log-level=error",
                "--query",
                "SYSTEM START LISTEN HTTP; SYSTEM START LISTEN TCP;"
                        + " SELECT getServerPort('http_port'), getServerPort('tcp_port') INTO OUTFILE '" + portsFile
                        + "' TRUNCATE FORMAT TSV;"
                        // Blocks until the end of the standard input.
                        + " SELECT count() FROM file('-', 'LineAsString', 'line String')",
                "--",
                "--logger.console=1",
                // Its thread would write to the log while the process ends.
                "--logger.async=0",
                // Idle keep-alive connections count as unfinished, and at the end of this time the engine ends the
                // process by itself, with exit code 0.
                "--shutdown_wait_unfinished=" + SHUTDOWN_WAIT_SECONDS,
                "--max_server_memory_usage=" + memoryBytes,
                "--mark_cache_size=" + cacheBytes,
                "--index_mark_cache_size=" + cacheBytes,
                "--uncompressed_cache_size=" + cacheBytes);
    }
}
