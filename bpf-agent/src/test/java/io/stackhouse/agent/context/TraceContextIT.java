package io.stackhouse.agent.context;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.stackhouse.agent.testing.AgentProcess;
import io.stackhouse.agent.testing.KernelTests;
import io.stackhouse.agent.testing.OtlpServer;
import io.stackhouse.agent.testing.OtlpServer.Seen;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Programs that publish contexts as the OTEPs say, in each way that a compiler can make of it, and the whole agent: function by function each sample has the context
 * that its thread had at that moment.
 */
class TraceContextIT {
    private static final Duration LONG = Duration.ofMinutes(2);
    private static final int ENOUGH = 150;
    private static final String FIRST = "10".repeat(16) + "/" + "a0".repeat(8);
    private static final String SECOND = "11".repeat(16) + "/" + "a1".repeat(8);

    @TempDir
    static Path folder;

    private static final Map<String, Process> TARGETS = new LinkedHashMap<>();
    private static OtlpServer receiver;
    private static AgentProcess agent;
    private static ContextProgram programs;

    @BeforeAll
    static void startAll() throws Exception {
        KernelTests.requireRoot();
        programs = new ContextProgram(folder);
        receiver = new OtlpServer();
        Path descriptors = programs.library("libdescriptors.so", "-mtls-dialect=gnu2");
        TARGETS.put("descriptors, loaded", programs.start(programs.loading(), "plain", descriptors.toString()));
        agent = new AgentProcess(
                        folder,
                        List.of("nice", "-n", "-10"),
                        "--endpoint=" + receiver.endpoint(),
                        "--metrics-listen=127.0.0.1:0",
                        "--interval=1s",
                        "--frequency=199")
                .awaitSampling();
    }

    @AfterAll
    static void stopAll() {
        TARGETS.values().forEach(Process::destroyForcibly);
        if (agent != null) {
            agent.close();
        }
        if (receiver != null) {
            receiver.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"descriptors, loaded"})
    void givesEachSampleTheContextOfItsThread(String target) {
        List<Seen> samples = settled(TARGETS.get(target), ENOUGH);

        long traced = inFunction(samples, "traced");
        long plain = inFunction(samples, "plain");
        assertThat(traced / (double) (traced + plain)).isCloseTo(0.75, within(0.10));
        assertThat(samples)
                .filteredOn(sample -> sample.functions().contains("traced"))
                .allSatisfy(sample -> {
                    assertThat(sample.link()).isIn(FIRST, SECOND);
                    assertThat(sample.attributes()).containsEntry("http.route", "/checkout");
                    assertThat(sample.attributes()).containsEntry("user.tier", "gold");
                    assertThat(sample.unixNanos()).isPositive();
                });
        assertThat(samples)
                .filteredOn(sample -> sample.functions().contains("plain"))
                .allSatisfy(sample -> {
                    assertThat(sample.link()).isEmpty();
                    assertThat(sample.attributes()).doesNotContainKey("http.route");
                });
        assertThat(samples).extracting(Seen::link).contains(FIRST, SECOND);
    }

    @Test
    void takesTheResourceFromTheProcess() {
        Process target = TARGETS.get("descriptors, loaded");
        List<Seen> unused = settled(target, ENOUGH);

        Map<String, String> resource = receiver.resource(target.pid());
        assertThat(resource.get("service.name")).contains("written-in-c");
        assertThat(resource.get("service.instance.id")).contains("instance-of-the-writer");
        assertThat(resource.get("writer.list")).contains("array_value");
        assertThat(resource.get("process.pid")).contains(Long.toString(target.pid()));
        assertThat(resource.get("host.name")).doesNotContain("nor this");
    }

    /** Samples from when the target's context is known: those of the first seconds are left out. */
    private static List<Seen> settled(Process target, int enough) {
        await().atMost(LONG)
                .until(() -> receiver.samples(target.pid(), 0).stream().anyMatch(sample -> sample.unixNanos() != 0));
        int from = receiver.requests() + 1;
        await().atMost(LONG)
                .until(() -> receiver.requests() > from
                        && receiver.samples(target.pid(), from).size() >= enough);
        return receiver.samples(target.pid(), from);
    }

    private static long inFunction(List<Seen> samples, String name) {
        return samples.stream()
                .filter(sample -> sample.functions().contains(name))
                .mapToLong(Seen::value)
                .sum();
    }
}
