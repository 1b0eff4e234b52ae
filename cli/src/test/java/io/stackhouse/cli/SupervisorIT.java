package io.stackhouse.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class SupervisorIT {

    private static final Duration READY_WITHIN = Duration.ofSeconds(20);

    @TempDir
    private Path folder;

    @Test
    void stopsInTheReverseOrderOfTheStart() throws Exception {
        Supervisor supervisor = new Supervisor(FileOwner.UNCHANGED);
        Child one = supervisor.start(spec(folder, "one", "serve"), READY_WITHIN);
        Child two = supervisor.start(spec(folder, "two", "serve"), READY_WITHIN);
        Child three = supervisor.start(spec(folder, "three", "serve"), READY_WITHIN);

        supervisor.close();
        supervisor.close();

        assertThat(folder.resolve("notes")).hasContent("three\ntwo\none\n");
        assertThat(List.of(one, two, three)).noneMatch(Child::isAlive);
        assertThat(supervisor.firstEnd()).isNotDone();
        assertThat(folder.resolve("one.log")).content().contains("one ready");
    }

    @Test
    void tellsWhichPartEndedByItself() throws Exception {
        try (Supervisor supervisor = new Supervisor(FileOwner.UNCHANGED)) {
            Child one = supervisor.start(spec(folder, "one", "serve"), READY_WITHIN);
            Child two = supervisor.start(spec(folder, "two", "serve"), READY_WITHIN);

            assertThat(ProcessHandle.of(two.pid()).orElseThrow().destroyForcibly())
                    .isTrue();

            Child ended = supervisor.firstEnd().get(10, TimeUnit.SECONDS);
            assertThat(ended.name()).isEqualTo("two");
            assertThat(ended.endMessage()).contains("two ended with exit code 137", "two ready");
            assertThat(one.isAlive()).isTrue();
        }
    }

    @Test
    void showsTheLastLinesOfAPartThatDoesNotStart() throws Exception {
        try (Supervisor supervisor = new Supervisor(FileOwner.UNCHANGED)) {
            assertThatThrownBy(() -> supervisor.start(spec(folder, "one", "fail"), READY_WITHIN))
                    .isInstanceOf(ChildFailedException.class)
                    .hasMessageContaining("one ended with exit code 7")
                    .hasMessageContaining("no such thing as one")
                    .hasMessageContaining(folder.resolve("one.log").toString());
        }
    }

    @Test
    void killsAPartThatDoesNotEndInTime() throws Exception {
        Supervisor supervisor = new Supervisor(FileOwner.UNCHANGED);
        ChildSpec stubborn = spec(folder, "one", "stubborn");
        Child child = supervisor.start(
                new ChildSpec(
                        "one", stubborn.command(), Map.of(), stubborn.log(), stubborn.ready(), Duration.ofMillis(300)),
                READY_WITHIN);

        supervisor.close();

        assertThat(child.isAlive()).isFalse();
    }

    @Test
    void startsNothingOnceItIsBeingStopped() throws Exception {
        Supervisor supervisor = new Supervisor(FileOwner.UNCHANGED);
        Child one = supervisor.start(spec(folder, "one", "serve"), READY_WITHIN);
        supervisor.stopLast();

        assertThatThrownBy(() -> supervisor.start(spec(folder, "two", "serve"), READY_WITHIN))
                .isInstanceOf(ChildFailedException.class);
        assertThat(one.isAlive()).isFalse();
        assertThat(folder.resolve("two.log")).doesNotExist();
    }

    @Test
    void partsEndWhenTheSupervisingProcessIsKilled() throws Exception {
        Process launcher = new ProcessBuilder(
                        java(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Launcher.class.getName(),
                        folder.toString())
                .redirectErrorStream(true)
                .start();
        BufferedReader output =
                new BufferedReader(new InputStreamReader(launcher.getInputStream(), StandardCharsets.UTF_8));
        ProcessHandle one = ProcessHandle.of(Long.parseLong(output.readLine())).orElseThrow();
        ProcessHandle two = ProcessHandle.of(Long.parseLong(output.readLine())).orElseThrow();
        assertThat(one.isAlive() && two.isAlive()).isTrue();

        launcher.destroyForcibly().waitFor();

        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> !one.isAlive() && !two.isAlive());
        assertThat(Files.readAllLines(folder.resolve("notes"))).containsExactlyInAnyOrder("one", "two");
    }

    static ChildSpec spec(Path folder, String name, String behaviour) {
        List<String> command = List.of(
                java(),
                "-Xmx32m",
                "-cp",
                System.getProperty("java.class.path"),
                FakePart.class.getName(),
                name,
                folder.resolve("notes").toString(),
                behaviour);
        return new ChildSpec(
                name,
                command,
                Map.of(),
                folder.resolve(name + ".log"),
                Pattern.compile("ready"),
                Duration.ofSeconds(10));
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** A process that supervises two parts until it is killed. */
    static final class Launcher {

        private Launcher() {}

        public static void main(String[] arguments) throws IOException, InterruptedException {
            Supervisor supervisor = new Supervisor(FileOwner.UNCHANGED);
            Path folder = Path.of(arguments[0]);
            System.out.println(
                    supervisor.start(spec(folder, "one", "serve"), READY_WITHIN).pid());
            System.out.println(
                    supervisor.start(spec(folder, "two", "serve"), READY_WITHIN).pid());
            supervisor.firstEnd().join();
        }
    }
}
