package io.stackhouse.agent.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The agent as its own process, with the flags that its launcher uses. Closing kills it. */
public final class AgentProcess implements AutoCloseable {
    private static final Pattern METRICS = Pattern.compile("Metrics: (http://\\S+)");

    private final Process process;
    private final Path output;

    /** Starts it; {@code prefix} is put before the command, such as setpriv and its options. */
    public AgentProcess(Path folder, List<String> prefix, String... arguments) throws IOException {
        output = Files.createTempFile(folder, "agent", ".log");
        List<String> command = new ArrayList<>(prefix);
        command.add(ProcessHandle.current().info().command().orElseThrow());
        command.addAll(Files.readAllLines(Path.of("src/main/dist/jvm.options")));
        // The class path is that of the tests, whose quieter logging must not be taken.
        command.add("-Dlogback.configurationFile="
                + Path.of("src/main/resources/logback.xml").toAbsolutePath());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "io.stackhouse.agent.AgentMain"));
        command.addAll(List.of(arguments));
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }

    public AgentProcess awaitSampling() {
        awaitOutput("Sampling every process");
        return this;
    }

    public void awaitOutput(String text) {
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            assertThat(process.isAlive() || output().contains(text))
                    .as(output())
                    .isTrue();
            return output().contains(text);
        });
    }

    public String metricsUrl() throws IOException {
        awaitOutput("Metrics: ");
        Matcher matcher = METRICS.matcher(output());
        assertThat(matcher.find()).isTrue();
        return matcher.group(1);
    }

    public String output() throws IOException {
        return Files.readString(output);
    }

    public Process process() {
        return process;
    }

    public int awaitExit() throws InterruptedException, IOException {
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(output()).isTrue();
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
