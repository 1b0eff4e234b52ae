package io.stackhouse.cli.load;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Makes a real payload on the spot: async-profiler samples a JVM that encodes a fleet, and writes what it saw as OTLP. Any thread; blocks for about as long as it samples.
 */
public final class RealProfile {

    private static final long END_SECONDS = 60;

    private RealProfile() {}

    /**
     * Records one.
     *
     * @param folder for the library, the log and the result
     * @param millis how long
     * @return the file
     * @throws IOException when this platform has no async-profiler, or it failed
     */
    public static Path record(Path folder, long millis) throws IOException, InterruptedException {
        Path library = folder.resolve("libasyncProfiler.so");
        Path file = folder.resolve("async-profiler.otlp");
        Path log = folder.resolve("async-profiler.log");
        boolean isArm = System.getProperty("os.arch").equals("aarch64");
        String resource = "/linux-" + (isArm ? "arm64" : "x64") + "/libasyncProfiler.so";
        try (InputStream in = RealProfile.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IOException("there is no async-profiler for " + System.getProperty("os.arch"));
            }
            Files.copy(in, library);
        }
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-agentpath:" + library + "=start,event=itimer,interval=1ms,otlp,file=" + file,
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        EncodingMain.class.getName(),
                        Long.toString(millis)))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            process.getOutputStream().close();
            if (!process.waitFor(TimeUnit.MILLISECONDS.toSeconds(millis) + END_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("the program that async-profiler samples does not end");
            }
        } finally {
            process.destroyForcibly();
        }
        if (!Files.exists(file)) {
            throw new IOException("async-profiler wrote nothing: " + Files.readString(log));
        }
        return file;
    }
}
