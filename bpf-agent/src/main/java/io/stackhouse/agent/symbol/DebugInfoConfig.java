package io.stackhouse.agent.symbol;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How lines and inlined functions are looked up.
 *
 * @param isOn whether they are looked up at all
 * @param maxQueued frames that wait; further ones are asked for again when they are seen again
 * @param cpuShare share of one core that reading may take over time
 * @param cpuBurst CPU time that it may take at once, for a cold start
 * @param maxInflatedBytes compressed sections of one file, inflated in temporary files
 * @param debuginfod server to ask for debug files; null for none
 * @param downloads folder for what it sends
 * @param maxDownloadBytes of one file
 * @param maxDownloadsBytes of the folder
 */
public record DebugInfoConfig(
        boolean isOn,
        int maxQueued,
        double cpuShare,
        Duration cpuBurst,
        long maxInflatedBytes,
        @Nullable URI debuginfod,
        Path downloads,
        long maxDownloadBytes,
        long maxDownloadsBytes) {

    /** No server; 16,384 frames, 0.2 % of a core over time, 10 s at once, 512 MiB. */
    public static DebugInfoConfig defaults() {
        return new DebugInfoConfig(
                true,
                16_384,
                0.002,
                Duration.ofSeconds(10),
                512L << 20,
                null,
                cacheFolder().resolve("stackhouse-debuginfod"),
                512L << 20,
                2L << 30);
    }

    /** Of the user, as the XDG Base Directory Specification has it. */
    private static Path cacheFolder() {
        String named = System.getenv("XDG_CACHE_HOME");
        return named != null && named.startsWith("/")
                ? Path.of(named)
                : Path.of(System.getProperty("user.home"), ".cache");
    }

    /** The same without lines. */
    public static DebugInfoConfig off() {
        DebugInfoConfig d = defaults();
        return new DebugInfoConfig(
                false,
                d.maxQueued,
                d.cpuShare,
                d.cpuBurst,
                d.maxInflatedBytes,
                d.debuginfod,
                d.downloads,
                d.maxDownloadBytes,
                d.maxDownloadsBytes);
    }

    /** The same with a server. */
    public DebugInfoConfig withDebuginfod(@Nullable URI server) {
        return new DebugInfoConfig(
                isOn,
                maxQueued,
                cpuShare,
                cpuBurst,
                maxInflatedBytes,
                server,
                downloads,
                maxDownloadBytes,
                maxDownloadsBytes);
    }
}
