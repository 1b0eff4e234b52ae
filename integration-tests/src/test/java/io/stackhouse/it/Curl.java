package io.stackhouse.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Posts files with the curl binary. One thread. */
final class Curl {
    private final Path folder;
    private int requests;

    /**
     * Makes one.
     *
     * @param folder where bodies and answers may be written
     */
    Curl(Path folder) {
        this.folder = folder;
        Requirement.check(isInstalled(), "curl (./stackhouse test installs it)");
    }

    /** What came back. */
    record Answer(int status, String contentType, String httpVersion, byte[] body) {}

    private static boolean isInstalled() {
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "curl")));
    }

    /** Posts the bytes. */
    Answer post(String url, byte[] body, String... options) throws IOException, InterruptedException {
        Path sent = folder.resolve("request-" + ++requests);
        Path received = folder.resolve("answer-" + requests);
        Path written = folder.resolve("curl-" + requests + ".txt");
        Files.write(sent, body);
        List<String> command = new ArrayList<>(List.of("curl", "--silent", "--show-error", "--max-time", "60"));
        command.addAll(List.of(options));
        command.addAll(List.of("--data-binary", "@" + sent, "--output", received.toString()));
        command.addAll(List.of("--write-out", "%{http_code}\\n%{content_type}\\n%{http_version}\\n", url));
        Process curl = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(written.toFile())
                .start();
        curl.getOutputStream().close();
        if (!curl.waitFor(90, TimeUnit.SECONDS) || curl.exitValue() != 0) {
            curl.destroyForcibly();
            throw new AssertionError("curl failed: " + command + ": " + Files.readString(written));
        }
        List<String> lines = Files.readAllLines(written);
        byte[] answer = Files.exists(received) ? Files.readAllBytes(received) : new byte[0];
        return new Answer(Integer.parseInt(lines.get(0)), lines.get(1), lines.get(2), answer);
    }
}
