package io.stackhouse.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stackhouse.agent.jvm.JavaHomes;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * From a span to the code that ran in it and back, on real parts: a service with two endpoints of known CPU cost, once with the OpenTelemetry
 * SDK, once with the OpenTelemetry Java agent, profiled by our agent; collector, ClickHouse, and the SQL of docs/trace-correlation.md.
 */
class TraceCorrelationIT {
    private static final long LOAD_NANOS = TimeUnit.SECONDS.toNanos(12);
    private static final int CLIENTS = 3;
    private static final int OTHER_RELEASE = 25;
    /** What the clocks of a span and of a sample may differ by: the SDK's starts from the wall clock at the root span. */
    private static final String CLOCK_SLACK = "INTERVAL 1 MILLISECOND";
    /**
     * A span that ends by the SDK's own clock ends early by as long as its thread had to wait between the two readings that began it. That is rare;
     * where it can, the program of the test says itself when a span ends.
     */
    private static final double SAMPLES_PER_EARLY_END = 1_000;

    /** A query of the page, and the table below it. */
    private static final Pattern QUERY = Pattern.compile("```sql\\n([\\s\\S]*?)```\\n\\n?(?:\\|.*\\n)*\\n?");

    @TempDir
    static Path folder;

    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static Deployment deployment;
    private static final List<Service> SERVICES = new ArrayList<>();

    /** A running service, and what it said of itself. */
    private static final class Service implements AutoCloseable {
        final String name;
        final boolean endsSpansEarly;
        private final Process process;
        private final String url;
        private final AtomicLong sent = new AtomicLong();
        private long[] figures = new long[0];

        Service(String name, Path javaHome, boolean hasJavaAgent) throws IOException {
            this(name, javaHome, "TwoEndpoints.java", hasJavaAgent);
        }

        private Service(String name, Path javaHome, String program, boolean hasJavaAgent) throws IOException {
            this.name = name;
            this.endsSpansEarly = hasJavaAgent;
            List<String> command = new ArrayList<>(List.of(
                    javaHome.resolve("bin/java").toString(),
                    "-Xmx192m",
                    "-XX:+UseSerialGC",
                    "-Djdk.virtualThreadScheduler.parallelism=2",
                    "-cp"));
            command.add(String.join(":", libraries(hasJavaAgent)));
            if (hasJavaAgent) {
                command.add("-javaagent:"
                        + ProjectFiles.jars(jar -> jar.startsWith("opentelemetry-javaagent"))
                                .get(0));
                command.add("-Dotel.javaagent.extensions=" + ProjectFiles.threadContextJar());
            }
            command.add(ProjectFiles.root()
                    .resolve("integration-tests/src/test/java-programs/" + program)
                    .toString());
            command.add(hasJavaAgent ? "agent" : "sdk");
            ProcessBuilder builder = new ProcessBuilder(command);
            builder.redirectError(folder.resolve(name + ".log").toFile());
            builder.environment().put("OTEL_SERVICE_NAME", name);
            builder.environment().put("OTEL_RESOURCE_ATTRIBUTES", "service.version=1.0");
            builder.environment().put("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf");
            builder.environment().put("OTEL_EXPORTER_OTLP_ENDPOINT", deployment.httpEndpoint());
            builder.environment().put("OTEL_METRICS_EXPORTER", "none");
            builder.environment().put("OTEL_LOGS_EXPORTER", "none");
            builder.environment().put("OTEL_BSP_SCHEDULE_DELAY", "500");
            this.process = builder.start();
            BufferedReader reader = process.inputReader(StandardCharsets.UTF_8);
            String port = reader.readLine();
            assertThat(port)
                    .as("the first line of %s: %s", name, Files.readString(folder.resolve(name + ".log")))
                    .isNotNull();
            this.url = "http://127.0.0.1:" + port;
        }

        /** The SDK's jars, with which the program is compiled too; where it makes its spans itself also ours. */
        private static List<String> libraries(boolean hasJavaAgent) {
            List<String> jars =
                    new ArrayList<>(ProjectFiles.jars(jar -> jar.matches("(opentelemetry|okhttp|okio|kotlin).*\\.jar")
                            && !jar.startsWith("opentelemetry-javaagent")));
            if (!hasJavaAgent) {
                jars.add(ProjectFiles.threadContextJar().toString());
            }
            return jars;
        }

        /** With 10,000 virtual threads on two carriers beside two platform threads that make spans. */
        static Service ofVirtualThreads(Path javaHome) throws IOException {
            return new Service("virtual", javaHome, "VirtualThreads.java", false);
        }

        /** As long as the load of the others; what came before does not count. */
        void run() throws IOException, InterruptedException {
            OutputStream input = process.getOutputStream();
            input.write('\n');
            input.flush();
            boolean hasEnded = process.waitFor(LOAD_NANOS, TimeUnit.NANOSECONDS);
            assertThat(hasEnded).as("%s ran to its end", name).isFalse();
            input.close();
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        }

        /** Requests by turns, one after the other by each client, as long as the load is to last. */
        void load() throws InterruptedException {
            get("/begin");
            List<Thread> clients = new ArrayList<>();
            long end = System.nanoTime() + LOAD_NANOS;
            for (int i = 0; i < CLIENTS; i++) {
                Thread client = new Thread(() -> {
                    while (System.nanoTime() < end) {
                        get(sent.getAndIncrement() % 2 == 0 ? "/cheap" : "/costly");
                    }
                });
                client.start();
                clients.add(client);
            }
            for (Thread client : clients) {
                client.join();
            }
            String[] words = get("/figures").split(" ");
            figures = new long[words.length];
            for (int i = 0; i < words.length; i++) {
                figures[i] = Long.parseLong(words[i]);
            }
            assertThat(requests(0) + requests(1)).isEqualTo(sent.get());
        }

        private String get(String path) {
            return TraceCorrelationIT.get(url + path);
        }

        long requests(int endpoint) {
            return figures[2 * endpoint];
        }

        double cpuSeconds(int endpoint) {
            return figures[2 * endpoint + 1] / 1e9;
        }

        void awaitSpans() {
            Awaitility.await("the spans of " + name)
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> deployment.number("SELECT count() FROM otel_traces WHERE SpanKind = 'Server'"
                                    + " AND match(SpanName, '/(cheap|costly)$') AND ServiceName = '" + name + "'")
                            >= sent.get());
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }

    @BeforeAll
    static void profileAServiceOfEachKind() throws Exception {
        Requirement.root();
        deployment = Deployment.start(folder);
        Map<Integer, Path> homes = JavaHomes.byRelease();
        Path own = Path.of(System.getProperty("java.home"));
        // One is there before the profiler, the others come after it.
        SERVICES.add(new Service("sdk", own, false));
        int metricsPort = Deployment.freePorts(1)[0];
        // What else is sampled must not change what CPU costs.
        Part agent = deployment.startAgentWithMetrics(
                "127.0.0.1:" + metricsPort, "--interval", "5s", "--off-cpu", "50", "--page-faults", "16");
        SERVICES.add(new Service("javaagent", own, true));
        if (homes.containsKey(OTHER_RELEASE)) {
            SERVICES.add(new Service("sdk-25", homes.get(OTHER_RELEASE), false));
        }
        Service virtual = homes.containsKey(OTHER_RELEASE) ? Service.ofVirtualThreads(homes.get(OTHER_RELEASE)) : null;
        awaitContexts(metricsPort, SERVICES.size() + (virtual == null ? 0 : 1));
        if (virtual != null) {
            virtual.run();
        }
        for (Service service : SERVICES) {
            service.load();
        }
        agent.close();
        for (Service service : SERVICES) {
            service.awaitSpans();
        }
        Awaitility.await("the last interval")
                .atMost(Duration.ofSeconds(60))
                .until(() -> SERVICES.stream()
                        .allMatch(service ->
                                deployment.number("SELECT count() FROM otel_profiles_samples WHERE ServiceName = '"
                                                + service.name + "'")
                                        > 0));
    }

    /** A process is looked at when it was sampled, so they have to do something meanwhile. */
    private static void awaitContexts(int metricsPort, int processes) {
        Awaitility.await("the agent has found where all of them publish")
                .atMost(Duration.ofMinutes(2))
                .until(() -> {
                    SERVICES.forEach(service -> service.get("/warm"));
                    return get("http://127.0.0.1:" + metricsPort + "/metrics")
                            .lines()
                            .anyMatch(("stackhouse_agent_thread_context_processes " + processes)::equals);
                });
    }

    private static String get(String url) {
        try {
            return CLIENT.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    @AfterAll
    static void close() {
        SERVICES.forEach(Service::close);
        if (deployment != null) {
            deployment.close();
        }
    }

    /** Samples of the threads that serve requests, each with its span, if it has one. */
    private static String samples(String service) {
        return " FROM (SELECT * FROM otel_profiles_frames WHERE ServiceName = '" + service
                + "' AND SampleType = 'cpu' AND ThreadName LIKE 'request-%') AS s"
                + " LEFT JOIN (SELECT TraceId, SpanId, SpanName, Timestamp AS Begin, Timestamp + toIntervalNanosecond(Duration) AS End,"
                + " SpanAttributes['thread.name'] AS Thread FROM otel_traces WHERE ServiceName = '" + service
                + "') AS t ON s.TraceId = t.TraceId AND s.SpanId = t.SpanId";
    }

    /** Of the samples on threads that serve requests: all, the share with the right span, and those that lie outside of the span they have. */
    private record Share(double all, double right, List<String> wrong) {
        /** That nearly all have their span: 98 % but for the error of so many samples. The few others were taken while a span began or ended. */
        void check(String service, double wrongAllowed) {
            assertThat(all).as(service).isGreaterThan(100);
            assertThat(right).as(service).isGreaterThanOrEqualTo(0.98 - 3 * Math.sqrt(0.98 * 0.02 / all));
            assertThat((double) wrong.size())
                    .as("outside of their span, in %s: %s", service, wrong)
                    .isLessThanOrEqualTo(wrongAllowed);
        }
    }

    private static Share share(String service) {
        String right = "s.TraceId != '' AND t.SpanId != '' AND t.Thread = s.ThreadName AND s.Timestamp >= t.Begin - "
                + CLOCK_SLACK + " AND s.Timestamp <= t.End + " + CLOCK_SLACK;
        double all = deployment.number("SELECT sum(s.Count)" + samples(service));
        double good = deployment.number("SELECT sumIf(s.Count, " + right + ")" + samples(service));
        List<String> wrong = deployment.sql("SELECT s.ThreadName, t.Thread, s.Timestamp, t.Begin, t.End"
                + samples(service) + " WHERE s.TraceId != '' AND t.SpanId != '' AND NOT (" + right + ") LIMIT 10");
        return new Share(all, good / all, wrong);
    }

    @Test
    void nearlyAllSamplesOfRequestsCarryTheirTraceAndSpan() {
        for (Service service : SERVICES) {
            Share share = share(service.name);
            System.out.printf("%s: %s; without one: %s%n", service.name, share, withoutSpan(service.name));
            share.check(service.name, service.endsSpansEarly ? share.all() / SAMPLES_PER_EARLY_END : 0);
        }
    }

    /** Where request threads were in samples without a span, the most frequent first. */
    private static List<String> withoutSpan(String service) {
        return deployment.sql("SELECT sum(s.Count), stackhouseFolded(arraySlice(s.Frames, 1, 5)) AS Leaf"
                + samples(service) + " WHERE s.TraceId = '' GROUP BY Leaf ORDER BY 1 DESC LIMIT 8");
    }

    /** The dispatcher is what served the requests of the warm-up; the main thread ("java") sent them, which is a span for the Java agent. */
    @Test
    void noOtherThreadHasATrace() {
        for (Service service : SERVICES) {
            assertThat(
                            deployment.sql(
                                    "SELECT DISTINCT ThreadName FROM otel_profiles_samples WHERE TraceId != '' AND ServiceName = '"
                                            + service.name
                                            + "' AND ThreadName NOT LIKE 'request-%' AND ThreadName NOT IN ('java', 'HTTP-Dispatcher')"))
                    .as(service.name)
                    .isEmpty();
        }
    }

    @Test
    void anEndpointCostsWhatTheServiceMeasuredItself() {
        for (Service service : SERVICES) {
            for (int endpoint = 0; endpoint < 2; endpoint++) {
                String path = endpoint == 0 ? "/cheap" : "/costly";
                String[] row = deployment
                        .sql("SELECT sum(Requests), sum(CpuNanos) / 1e9, sqrt(sum(pow(CpuStandardError, 2))) / 1e9"
                                + " FROM otel_traces_endpoints(service = '" + service.name
                                + "', from = '2026-01-01 00:00:00', to = '2100-01-01 00:00:00') WHERE Endpoint LIKE '%"
                                + path + "'")
                        .get(0)
                        .split("\t");
                double measured = service.cpuSeconds(endpoint);
                double seconds = Double.parseDouble(row[1]);
                double error = Double.parseDouble(row[2]);
                System.out.printf(
                        "%s %s: %s requests, %.3f s of CPU by the service's own clock, %.3f by samples (%+.1f %%, standard error %.1f %%)%n",
                        service.name,
                        path,
                        row[0],
                        measured,
                        seconds,
                        100 * (seconds / measured - 1),
                        100 * error / measured);
                assertThat(Double.parseDouble(row[0])).isEqualTo((double) service.requests(endpoint));
                assertThat(seconds)
                        .as("%s %s", service.name, path)
                        .isCloseTo(measured, within(Math.max(0.05 * measured, 4 * error)));
            }
        }
    }

    @Test
    void sleepsAndPageFaultsComeAsTypesOfTheirOwn() {
        for (Service service : SERVICES) {
            assertThat(deployment.sql("SELECT DISTINCT SampleType, SampleUnit FROM otel_profiles_samples"
                            + " WHERE ServiceName = '" + service.name + "' ORDER BY 1"))
                    .as(service.name)
                    .containsExactly("cpu\tnanoseconds", "off_cpu\tnanoseconds", "page_faults\tcount");
        }
    }

    @Test
    void theWorkBelowARequestBelongsToItAndIsNamed() {
        for (Service service : SERVICES) {
            assertThat(
                            deployment.sql(
                                    "SELECT Endpoint FROM otel_traces_payers(service = '" + service.name
                                            + "', function = 'TwoEndpoints.rank', type = 'cpu', from = '2026-01-01 00:00:00', to = '2100-01-01 00:00:00')"))
                    .as(service.name)
                    .hasSize(1)
                    .allMatch(endpoint -> endpoint.endsWith("/costly"));
        }
    }

    @Test
    void virtualThreadsHaveNoTraceAndLeaveNoneToTheirCarriers() {
        String service = "virtual";
        assumeTrue(JavaHomes.byRelease().containsKey(OTHER_RELEASE), "no JDK " + OTHER_RELEASE);
        double carriers = deployment.number("SELECT sum(Count) FROM otel_profiles_frames WHERE ServiceName = '"
                + service + "' AND ThreadName LIKE 'ForkJoinPool-%' AND has(Frames, 'VirtualThreads.burn')");
        double carriersWithTrace = deployment.number("SELECT count() FROM otel_profiles_samples WHERE ServiceName = '"
                + service + "' AND ThreadName NOT LIKE 'request-%' AND ThreadName NOT LIKE 'warm-%' AND TraceId != ''");
        Share share = share(service);
        System.out.printf(
                "%s: %.0f samples of virtual threads, %.0f of other threads than those with spans have a trace; %s%n",
                service, carriers, carriersWithTrace, share);
        assertThat(carriers).isGreaterThan(100);
        assertThat(carriersWithTrace).isZero();
        share.check(service, 0);
    }

    /** With {@code -Dstackhouse.updateTracePage=true} the answers are written into the page. */
    @Test
    void everyQueryOfThePageAnswers() throws IOException {
        Path page = ProjectFiles.root().resolve("docs/trace-correlation.md");
        String trace = deployment
                .sql("SELECT TraceId FROM otel_profiles_samples WHERE ServiceName = 'sdk' AND TraceId != ''"
                        + " GROUP BY TraceId ORDER BY count() DESC, TraceId LIMIT 1")
                .get(0);
        AtomicInteger queries = new AtomicInteger();
        String answered = QUERY.matcher(Files.readString(page)).replaceAll(found -> {
            String query = found.group(1).replace("'two-endpoints'", "'sdk'").replaceAll("[0-9a-f]{32}", trace);
            assertThat(deployment.sql(query)).as(query).isNotEmpty();
            queries.incrementAndGet();
            String answer = String.join("\n", deployment.answer(query, "Markdown"));
            return Matcher.quoteReplacement("```sql\n" + found.group(1) + "```\n\n" + answer + "\n\n");
        });
        assertThat(queries.get()).isGreaterThanOrEqualTo(6);
        if (Boolean.getBoolean("stackhouse.updateTracePage")) {
            Files.writeString(page, answered);
        }
    }
}
