package io.stackhouse.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.stackhouse.it.NumberedClient.Outcome;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real collector is told to reload its configuration again and again, each second time a broken one, while numbered requests of traces and profiles come over
 * gRPC and HTTP on connections that are never opened twice. {@code -Dstackhouse.reloads=N} does it more often.
 */
@Timeout(900)
class ReloadIT {
    private static final int RELOADS = Integer.getInteger("stackhouse.reloads", 200);
    private static final int SENDERS_OF_EACH = 2;
    private static final int BODY_BYTES = 200;
    private static final Pattern DONE = Pattern.compile("The new configuration (is in use|can't be used)");
    private static final String YAML = """
            receivers:
              otlp:
                protocols:
                  grpc: {endpoint: "127.0.0.1:%d"}
                  http: {endpoint: "127.0.0.1:%d"}
            processors:
              resource_detection: {detectors: [%s]}
              batch: {send_batch_max_size: 10000}
            exporters:
              ledger/%s: {file: "%s", settling: later}
            service:
              telemetry: {metrics: {level: none}}
              journal: {directory: "%s", max_disk_size: 1GiB}
              pipelines:
                traces: {receivers: [otlp], processors: [%s], exporters: [ledger/%s]}
                profiles:
                  receivers: [otlp]
                  processors: [resource_detection, batch]
                  exporters: [ledger/%s]
                  lanes: 2
                  stage_threads: split
            """;

    @TempDir
    Path folder;

    private final AtomicLong nextNumber = new AtomicLong();
    private final Queue<Long> answered = new ConcurrentLinkedQueue<>();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean isOver = new AtomicBoolean();

    @Test
    void nothingIsLostNothingComesTwiceAndNoConnectionIsClosed() throws Exception {
        long seed = new Random().nextLong();
        System.out.println("Reloads with seed " + seed);
        Random random = new Random(seed);
        int grpcPort = freePort();
        int httpPort = freePort();
        Path file = folder.resolve("collector.yaml");
        Files.writeString(file, good(random, grpcPort, httpPort));
        Process process = start(file);
        int applied = 0;
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            await(process, "collector is ready");
            assertThat(log())
                    .as("started by nohup, whose children don't get SIGHUP")
                    .doesNotContain("SIGHUP is ignored");
            List<Thread> senders = new ArrayList<>();
            for (int i = 0; i < SENDERS_OF_EACH; i++) {
                senders.add(sender(new LastingConnection.Grpc(grpcPort)));
                senders.add(sender(new LastingConnection.Http(httpPort)));
            }
            for (int reload = 1; reload <= RELOADS; reload++) {
                boolean isGood = reload % 2 == 1;
                String good = good(random, grpcPort, httpPort);
                Files.writeString(file, isGood ? good : broken(random, good, taken.getLocalPort()));
                hangUp(process);
                awaitReloads(process, reload);
                applied += isGood ? 1 : 0;
            }
            isOver.set(true);
            for (Thread sender : senders) {
                sender.join(TimeUnit.SECONDS.toMillis(60));
                assertThat(sender.isAlive()).as("the sender ends").isFalse();
            }
            process.destroy();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            isOver.set(true);
            process.destroyForcibly().waitFor();
        }
        String log = log();
        assertThat(count(log, "is in use")).as("seed %d", seed).isEqualTo(applied);
        assertThat(count(log, "can't be used")).as("seed %d", seed).isEqualTo(RELOADS - applied);
        assertThat(failures).as("seed %d: what clients saw", seed).isEmpty();
        List<Long> given = given();
        Set<Long> once = new HashSet<>(given);
        System.out.println(answered.size() + " requests over " + RELOADS + " reloads, " + given.size() + " given on");
        assertThat(answered).as("seed %d", seed).hasSizeGreaterThan(RELOADS);
        assertThat(once).as("seed %d: answered and lost", seed).containsAll(answered);
        assertThat(given).as("seed %d: given on twice", seed).hasSize(once.size());
    }

    /** One of many right configurations: another destination each time, other processors, and sometimes a second pipeline. */
    private String good(Random random, int grpcPort, int httpPort) {
        String name = "n" + random.nextInt(1_000_000);
        return YAML.formatted(
                grpcPort,
                httpPort,
                random.nextBoolean() ? "system" : "os",
                name,
                folder.resolve("ledger-" + random.nextInt(3)),
                folder.resolve("journal"),
                random.nextBoolean() ? "resource_detection" : "",
                name,
                name);
    }

    private String broken(Random random, String good, int takenPort) {
        return switch (random.nextInt(5)) {
            case 0 -> good.replace("receivers:", "recievers:");
            case 1 -> good + "\t- [";
            case 2 -> good.replace("exporters: [ledger", "exporters: [leger");
            case 3 -> good.replace("file: \"", "file: \"/nowhere");
            default ->
                good.replace(
                                "processors:\n  res",
                                "  otlp/taken: {protocols: {http: {endpoint: \"127.0.0.1:" + takenPort
                                        + "\"}}}\nprocessors:\n  res")
                        .replace("receivers: [otlp]", "receivers: [otlp, otlp/taken]");
        };
    }

    private Thread sender(LastingConnection connection) {
        Thread thread = new Thread(() -> {
            try (connection) {
                while (!isOver.get()) {
                    long number = nextNumber.incrementAndGet();
                    Outcome outcome = number % 2 == 0
                            ? connection.send(NumberedRequests.request(number, BODY_BYTES))
                            : connection.send(NumberedRequests.profile(number));
                    if (outcome == Outcome.ACCEPTED) {
                        answered.add(number);
                    } else {
                        failures.add(number + " " + outcome);
                    }
                }
            } catch (IOException | RuntimeException e) {
                failures.add(String.valueOf(e));
            }
        });
        thread.start();
        return thread;
    }

    private List<Long> given() throws IOException {
        List<Long> numbers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Path ledger = folder.resolve("ledger-" + i);
            if (Files.exists(ledger)) {
                Files.readAllLines(ledger).forEach(line -> numbers.add(Long.parseLong(line)));
            }
        }
        return numbers;
    }

    private Process start(Path file) throws IOException {
        return new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.stackhouse.collector.Main",
                        "run",
                        "--config",
                        file.toString()))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("collector.log").toFile())
                .start();
    }

    private static void hangUp(Process process) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-HUP", String.valueOf(process.pid())).start();
        assertThat(kill.waitFor()).isZero();
    }

    private String log() throws IOException {
        return Files.readString(folder.resolve("collector.log"));
    }

    private void await(Process process, String text) throws IOException, InterruptedException {
        while (!log().contains(text)) {
            assertThat(process.waitFor(10, TimeUnit.MILLISECONDS))
                    .as("it ended: %s", log())
                    .isFalse();
        }
    }

    private void awaitReloads(Process process, int reloads) throws IOException, InterruptedException {
        while (reloadsIn(log()) < reloads) {
            assertThat(process.waitFor(5, TimeUnit.MILLISECONDS))
                    .as("it ended: %s", log())
                    .isFalse();
            assertThat(failures).isEmpty();
        }
    }

    private static int reloadsIn(String log) {
        Matcher done = DONE.matcher(log);
        int count = 0;
        while (done.find()) {
            count++;
        }
        return count;
    }

    private static int count(String log, String text) {
        return (int) log.lines()
                .filter(line -> line.contains("The new configuration " + text))
                .count();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
