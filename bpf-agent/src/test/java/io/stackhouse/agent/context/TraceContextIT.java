package io.stackhouse.agent.context;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.stackhouse.agent.testing.AgentProcess;
import io.stackhouse.agent.testing.KernelTests;
import io.stackhouse.agent.testing.OtlpServer;
import io.stackhouse.agent.testing.OtlpServer.Seen;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Programs that publish contexts as the OTEPs say, in each way that a compiler can make of it, or that publish something else, and the whole agent: function by
 * function each sample has the context that its thread had at that moment, or cleanly none.
 */
class TraceContextIT {
    private static final Duration LONG = Duration.ofMinutes(3);
    private static final int HERTZ = 499;
    private static final int ENOUGH = 80;
    private static final String FIRST = "10".repeat(16) + "/" + "a0".repeat(8);
    private static final String SECOND = "11".repeat(16) + "/" + "a1".repeat(8);

    @TempDir
    static Path folder;

    private static final Map<String, Process> EARLIER = new LinkedHashMap<>();
    private static OtlpServer receiver;
    private static AgentProcess agent;
    private static ContextProgram programs;
    private static String descriptors;
    private final Map<String, Process> started = new LinkedHashMap<>();

    @BeforeAll
    static void startAll() throws Exception {
        KernelTests.requireRoot();
        programs = new ContextProgram(folder);
        receiver = new OtlpServer();
        descriptors =
                programs.library("libdescriptors.so", "-mtls-dialect=gnu2").toString();
        EARLIER.put("descriptors, loaded", programs.start(programs.loading(), "plain", descriptors));
        EARLIER.put("program", programs.start(programs.containing("program", "-rdynamic"), "plain"));
        agent = new AgentProcess(
                        folder,
                        List.of("nice", "-n", "-10"),
                        "--endpoint=" + receiver.endpoint(),
                        "--metrics-listen=127.0.0.1:0",
                        "--interval=1s",
                        "--frequency=" + HERTZ)
                .awaitSampling();
    }

    @AfterEach
    void stopStarted() {
        started.values().forEach(Process::destroyForcibly);
    }

    @AfterAll
    static void stopAll() {
        EARLIER.values().forEach(Process::destroyForcibly);
        if (agent != null) {
            agent.close();
        }
        if (receiver != null) {
            receiver.close();
        }
    }

    @Test
    void givesEachSampleTheContextOfItsThreadInEveryModel() throws Exception {
        started.putAll(EARLIER);
        EARLIER.clear();
        Path general = programs.library("libgeneral.so", "-mtls-dialect=gnu");
        Path initial = programs.library("libinitial.so", "-ftls-model=initial-exec");
        Path large = programs.library("liblarge.so", "-mtls-dialect=gnu2", "-DLARGE=131072");
        Path largeGeneral = programs.library("liblargegeneral.so", "-mtls-dialect=gnu", "-DLARGE=131072");
        load("general dynamic, loaded", general.toString());
        load("descriptors in dynamic storage, loaded", large.toString());
        load("general dynamic in dynamic storage, loaded", largeGeneral.toString());
        load("initial exec, loaded", initial.toString());
        checkAndStopAll();
        start("descriptors, linked", programs.linked("ld", Path.of(descriptors)));
        start("general dynamic, linked", programs.linked("lg", general));
        start("initial exec, linked", programs.linked("li", initial));
        start("fixed address", programs.containing("fixed", "-no-pie", "-rdynamic"));
        start("aligned", programs.containing("aligned", "-rdynamic", "-DLARGE=100"));
        Process linkedWhole = programs.start(
                programs.containing("static", "-static-pie", "-Wl,--export-dynamic-symbol=otel_thread_ctx_v1"),
                "plain");
        started.put("static", linkedWhole);
        Map<String, List<Seen>> all = settled(started);
        all.forEach(TraceContextIT::checkContexts);
        List<Seen> samples = all.get("static");
        double total = nanos(samples);
        double linked = samples.stream()
                .filter(sample -> !sample.link().isEmpty())
                .mapToLong(Seen::value)
                .sum();
        assertThat(linked / total).isCloseTo(0.75, within(0.25));
        assertThat(samples).extracting(Seen::link).contains(FIRST, SECOND).containsOnly(FIRST, SECOND, "");
    }

    @Test
    void followsEachWayToPublish() throws Exception {
        Path deleted = programs.library("libdeleted.so", "-mtls-dialect=gnu2");
        for (String scene : List.of("fixed", "late-context", "updates", "cut-entry", "late-key")) {
            load(scene, descriptors);
        }
        load("deleted", deleted.toString());

        assertThat(deleted).doesNotExist();
        checkAll();
        await().atMost(LONG)
                .until(() -> receiver.samples(started.get("late-key").pid(), 0).stream()
                        .anyMatch(sample -> "found".equals(sample.attributes().get("late.key"))));
        await().atMost(LONG)
                .until(() -> receiver.resourceValues(started.get("updates").pid(), "service.name")
                        .containsAll(List.of("first-name", "second-name")));
    }

    @Test
    void givesAttributesWithoutALinkToUnsampledSpansAndLinksWithoutAttributes() throws Exception {
        for (String scene : List.of("unsampled", "unsampled-bare", "bare", "huge", "flips")) {
            load(scene, descriptors);
        }

        Process bare = started.remove("unsampled-bare");
        Map<String, List<Seen>> all = settled(started);
        started.put("unsampled-bare", bare);
        List<Seen> unsampled = all.get("unsampled");
        assertThat(unsampled).allMatch(sample -> sample.link().isEmpty());
        assertThat(unsampled)
                .filteredOn(sample -> sample.functions().contains("traced"))
                .allMatch(sample -> "/checkout".equals(sample.attributes().get("http.route")));
        assertThat(settledCounts(Map.of("", bare)).get(""))
                .allMatch(sample -> sample.link().isEmpty() && sample.unixNanos() == 0);
        for (String scene : List.of("bare", "huge")) {
            assertThat(all.get(scene))
                    .filteredOn(sample -> sample.functions().contains("traced"))
                    .as(scene)
                    .allMatch(sample -> List.of(FIRST, SECOND).contains(sample.link()))
                    .allMatch(sample -> !sample.attributes().containsKey("http.route"));
        }
        assertThat(all.get("flips"))
                .filteredOn(sample -> sample.functions().contains("traced"))
                .extracting(sample -> sample.link().substring(sample.link().length() - 2))
                .contains("00", "01")
                .containsOnly("00", "01");
        assertThat(metric("thread_contexts_cut_total")).isPositive();
    }

    /** Some at a time, so that each gets its share of the processors. */
    @ParameterizedTest
    @CsvSource({
        "written-in-c, 'invalid half unmapped odd'",
        "written-in-c, 'kernel edge no-schema other-schema'",
        "unknown_service:loading, 'silent garbage-payload changing version'",
        "unknown_service:loading, 'signature payload-pointer payload-size'"
    })
    void givesNothingForWhatIsNoContext(String service, String scenes) throws Exception {
        for (String scene : scenes.split(" ", -1)) {
            load(scene, descriptors);
        }

        checkThatThereAreNoContexts(service);
        assertThat(metric("samples_lost_total")).isZero();
        if (scenes.contains("unmapped")) {
            assertThat(metric("thread_contexts_bad_total")).isPositive();
        }
        if (scenes.contains("garbage-payload")) {
            assertThat(metric("process_contexts_malformed_total")).isPositive();
        }
    }

    /** It has no table of dynamic symbols: the variable can't be found. */
    @Test
    void givesNothingForAStaticProgramWithoutExportedSymbols() throws Exception {
        start("unexported", programs.containing("unexported", "-static"));

        checkThatThereAreNoContexts("written-in-c");
    }

    private void checkThatThereAreNoContexts(String service) {
        settledCounts(started).forEach((target, samples) -> {
            assertThat(samples)
                    .as(target)
                    .isNotEmpty()
                    .allMatch(sample -> sample.link().isEmpty() && sample.unixNanos() == 0)
                    .allMatch(sample -> !sample.attributes().containsKey("http.route"));
            assertThat(receiver.resource(started.get(target).pid()).get("service.name"))
                    .as(target)
                    .contains(service);
        });
    }

    @Test
    void forgetsWhatWasKilledOrCalledExec() throws Exception {
        load("plain", descriptors);
        String[] withItsName = {descriptors};
        started.put("execs", programs.start(programs.loading(), "execs", withItsName));
        Process killed = started.get("plain");
        awaitContext("killed", killed);
        double before = metric("thread_context_processes");
        killed.destroyForcibly();
        await().atMost(LONG).until(() -> metric("thread_context_processes") < before);

        long pid = started.get("execs").pid();
        await().atMost(LONG)
                .until(() -> lastRequest(pid).stream()
                                .anyMatch(sample -> !sample.functions().isEmpty())
                        && receiver.resource(pid).get("service.name").contains("unknown_service"));
        int from = receiver.requests() + 2;
        await().atMost(LONG)
                .until(() -> receiver.samples(pid, Math.min(from, receiver.requests()))
                                .size()
                        > ENOUGH / 2);
        assertThat(receiver.samples(pid, from)).allMatch(sample -> sample.link().isEmpty());
    }

    /** As entry points of containers do: both programs have the same pid, and both are sampled. */
    @Test
    void findsTheContextOfTheProgramThatAShellBecame() throws Exception {
        for (int i = 0; i < 6; i++) {
            started.put("shell " + i, programs.launchByShell(programs.loading(), "plain", descriptors));
        }
        checkAll();
    }

    @Test
    void waitsOnceForTheNameOfAProcessThatWasJustStarted() throws Exception {
        List<Process> all = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Process process = i == 0
                    ? programs.launchByShell(programs.loading(), "soon-context", descriptors)
                    : programs.launch(programs.loading(), "soon-context", descriptors);
            started.put("soon-context " + i, process);
            all.add(process);
        }
        for (Process process : all) {
            awaitContext("soon-context", process);
            assertThat(receiver.resourceValues(process.pid(), "service.name", "loading"))
                    .containsExactly("written-in-c");
        }
        load("silent", descriptors);
        assertThat(settledCounts(Map.of("", started.get("silent"))).get("")).isNotEmpty();
        assertThat(metric("process_contexts_awaited_total")).isPositive();
    }

    @Test
    void takesTheResourceFromTheProcess() throws Exception {
        load("plain", descriptors);
        Process target = started.get("plain");
        awaitContext("plain", target);

        Map<String, String> resource = receiver.resource(target.pid());
        assertThat(resource.get("service.name")).contains("written-in-c");
        assertThat(resource.get("service.instance.id")).contains("instance-of-the-writer");
        assertThat(resource.get("writer.list")).contains("array_value");
        assertThat(resource.get("process.pid")).contains(Long.toString(target.pid()));
        assertThat(resource.get("host.name")).doesNotContain("nor this");
    }

    private void load(String scene, String library) throws Exception {
        started.put(scene, programs.start(programs.loading(), scene.contains(",") ? "plain" : scene, library));
    }

    private void start(String name, Path program) throws Exception {
        started.put(name, programs.start(program, "plain"));
    }

    /** Few at a time: each has to get enough of the CPUs to be sampled. */
    private void checkAndStopAll() throws IOException, InterruptedException {
        checkAll();
        stopStarted();
        started.clear();
    }

    private void checkAll() throws IOException, InterruptedException {
        settled(started).forEach(TraceContextIT::checkContexts);
    }

    private static void checkContexts(String target, List<Seen> samples) {
        double traced = inFunction(samples, "traced");
        double plain = inFunction(samples, "plain");
        assertThat(traced / (traced + plain)).as(target).isCloseTo(0.75, within(0.25));
        assertThat(samples)
                .as(target)
                .filteredOn(sample -> sample.functions().contains("traced"))
                .allMatch(sample -> List.of(FIRST, SECOND).contains(sample.link()))
                .allMatch(sample -> "/checkout".equals(sample.attributes().get("http.route")))
                .allMatch(sample -> "gold".equals(sample.attributes().get("user.tier")))
                .allMatch(sample -> sample.unixNanos() != 0)
                .extracting(Seen::link)
                .contains(FIRST, SECOND);
        assertThat(samples)
                .as(target)
                .filteredOn(sample -> sample.functions().contains("plain"))
                .isNotEmpty()
                .allMatch(sample -> sample.link().isEmpty())
                .allMatch(sample -> !sample.attributes().containsKey("http.route"));
    }

    /** Samples from when the targets' contexts are known: those of the first seconds are left out. */
    private static Map<String, List<Seen>> settled(Map<String, Process> targets)
            throws IOException, InterruptedException {
        for (Map.Entry<String, Process> target : targets.entrySet()) {
            awaitContext(target.getKey(), target.getValue());
        }
        return samplesAfterNextRequest(targets);
    }

    /** The same for targets without contexts: after they were looked at a few times. */
    private static Map<String, List<Seen>> settledCounts(Map<String, Process> targets) {
        targets.forEach((name, target) -> await(name)
                .atMost(LONG)
                .until(() -> receiver.samples(target.pid(), 0).size() > 5));
        return samplesAfterNextRequest(targets);
    }

    private static Map<String, List<Seen>> samplesAfterNextRequest(Map<String, Process> targets) {
        int from = receiver.requests() + 1;
        Map<String, List<Seen>> result = new LinkedHashMap<>();
        targets.forEach((name, target) -> {
            await(name)
                    .atMost(LONG)
                    .until(() -> receiver.requests() > from
                            && nanos(receiver.samples(target.pid(), from)) > ENOUGH * 1_000_000_000L / HERTZ);
            result.put(name, receiver.samples(target.pid(), from));
        });
        return result;
    }

    private static void awaitContext(String name, Process target) throws IOException, InterruptedException {
        try {
            await().atMost(LONG)
                    .until(() ->
                            receiver.samples(target.pid(), 0).stream().anyMatch(sample -> sample.unixNanos() != 0));
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(
                    name + ": " + receiver.samples(target.pid(), 0).size() + " samples, the last "
                            + lastRequest(target.pid()) + "; resource " + receiver.resource(target.pid())
                            + "; the agent says:\n"
                            + metrics().filter(line -> line.contains("context")).toList(),
                    e);
        }
    }

    private static long nanos(List<Seen> samples) {
        return samples.stream().mapToLong(Seen::value).sum();
    }

    private static List<Seen> lastRequest(long pid) {
        return receiver.samples(pid, Math.max(0, receiver.requests() - 1));
    }

    private static double inFunction(List<Seen> samples, String name) {
        return samples.stream()
                .filter(sample -> sample.functions().contains(name))
                .mapToLong(Seen::value)
                .sum();
    }

    private static double metric(String name) throws IOException, InterruptedException {
        String start = "stackhouse_agent_" + name + " ";
        return metrics()
                .filter(line -> line.startsWith(start))
                .mapToDouble(line -> Double.parseDouble(line.substring(start.length())))
                .findFirst()
                .orElseThrow();
    }

    private static Stream<String> metrics() throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(agent.metricsUrl())).build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body()
                .lines();
    }
}
