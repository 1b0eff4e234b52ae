package io.stackhouse.agent.context;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stackhouse.agent.testing.AgentProcess;
import io.stackhouse.agent.testing.KernelTests;
import io.stackhouse.agent.testing.OtlpServer;
import io.stackhouse.agent.testing.OtlpServer.Seen;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole agent with all events, and a program that sleeps and grows with and without a context. */
class WaitingIT {
    private static final Duration LONG = Duration.ofSeconds(90);
    private static final int ENOUGH = 60;
    private static final String FIRST = "10".repeat(16) + "/" + "a0".repeat(8);
    private static final String SECOND = "11".repeat(16) + "/" + "a1".repeat(8);
    private static final String OFF_CPU = "off_cpu/nanoseconds";
    private static final String PAGE_FAULTS = "page_faults/count";

    @TempDir
    Path folder;

    private OtlpServer receiver;
    private Process waiting;

    @BeforeEach
    void start() throws Exception {
        KernelTests.requireRoot();
        ContextProgram programs = new ContextProgram(folder);
        waiting = programs.start(programs.containing("program", "-rdynamic"), "waits");
        receiver = new OtlpServer();
    }

    @AfterEach
    void stop() {
        if (waiting != null) {
            waiting.destroyForcibly();
        }
        if (receiver != null) {
            receiver.close();
        }
    }

    @Test
    void linksSleepsAndPageFaultsToTheSpanOfTheirThread() throws Exception {
        try (AgentProcess agent = agent("--page-faults=64", "--off-cpu=500")) {
            awaitSamples(OFF_CPU);
            awaitSamples(PAGE_FAULTS);

            assertThat(receiver.headings(waiting.pid()))
                    .contains(OFF_CPU + " / 0", PAGE_FAULTS + " " + PAGE_FAULTS + " 64")
                    .allMatch(heading -> heading.startsWith(OFF_CPU)
                            || heading.startsWith(PAGE_FAULTS)
                            || heading.startsWith("cpu/nanoseconds cpu/nanoseconds "));
            assertThat(samples(PAGE_FAULTS)).allMatch(sample -> sample.value() % 64 == 0);
            assertThat(samples(OFF_CPU)).allMatch(sample -> sample.unixNanos() > 0);
            assertLinks(samples(OFF_CPU));
            assertLinks(samples(PAGE_FAULTS));
            assertThat(agent.process().isAlive()).isTrue();
        }
    }

    @Test
    void sendsCpuTimeAloneUnlessAskedForMore() throws Exception {
        try (AgentProcess agent = agent()) {
            awaitSamples("cpu/nanoseconds");

            assertThat(receiver.headings(waiting.pid())).hasSize(1);
            assertThat(agent.process().isAlive()).isTrue();
        }
    }

    /** Samples in the first moments come before the context was found. */
    private static void assertLinks(List<Seen> samples) {
        List<Seen> traced = samples.stream()
                .filter(sample -> sample.functions().contains("traced"))
                .dropWhile(sample -> sample.link().isEmpty())
                .toList();
        assertThat(traced).hasSizeGreaterThan(ENOUGH / 2);
        assertThat(traced).filteredOn(sample -> !sample.link().isEmpty()).hasSizeGreaterThan(ENOUGH / 2);
        assertThat(samples)
                .filteredOn(sample -> sample.functions().contains("plain"))
                .isNotEmpty()
                .allMatch(sample -> sample.link().isEmpty());
        assertThat(samples)
                .filteredOn(sample -> !sample.link().isEmpty())
                .extracting(Seen::link)
                .containsOnly(FIRST, SECOND);
    }

    private void awaitSamples(String type) {
        await().atMost(LONG)
                .until(() -> samples(type).stream()
                                .filter(sample -> type.startsWith("cpu")
                                        || (sample.functions().contains("traced")
                                                && !sample.link().isEmpty()))
                                .count()
                        > ENOUGH / (type.startsWith("cpu") ? 10 : 1));
    }

    private List<Seen> samples(String type) {
        return receiver.samples(waiting.pid(), 0).stream()
                .filter(sample -> sample.type().equals(type))
                .toList();
    }

    private AgentProcess agent(String... more) throws Exception {
        String[] arguments = new String[more.length + 4];
        arguments[0] = "--endpoint=" + receiver.endpoint();
        arguments[1] = "--metrics-listen=off";
        arguments[2] = "--interval=1s";
        arguments[3] = "--frequency=499";
        System.arraycopy(more, 0, arguments, 4, more.length);
        return new AgentProcess(folder, List.of(), arguments).awaitSampling();
    }
}
