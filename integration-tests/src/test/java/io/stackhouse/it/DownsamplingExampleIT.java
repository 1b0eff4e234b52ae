package io.stackhouse.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.opentelemetry.api.metrics.MeterProvider;
import io.stackhouse.clickhouse.embedded.EmbeddedClickHouse;
import io.stackhouse.exporter.clickhouse.ClickHouseConfig;
import io.stackhouse.exporter.clickhouse.ClickHouseExporterFactory;
import io.stackhouse.pipeline.ComponentId;
import io.stackhouse.pipeline.Exporter;
import io.stackhouse.pipeline.Processor;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.batch.Receipt;
import io.stackhouse.pipeline.batch.Totals;
import io.stackhouse.pipeline.memory.MemoryLease;
import io.stackhouse.pipeline.otlp.ProfileHeading;
import io.stackhouse.pipeline.otlp.ProfilesDecoder;
import io.stackhouse.pipeline.otlp.ProfilesEncoder;
import io.stackhouse.pipeline.testing.ManualClock;
import io.stackhouse.processor.downsample.DownsampleConfig;
import io.stackhouse.processor.downsample.DownsampleFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example of docs/downsampling.md, asked of a real ClickHouse, says what is true. */
class DownsamplingExampleIT {
    private static final long SECOND = 1_000_000_000L;
    private static final int REQUESTS = 360;
    private static final int ROWS = 100;
    private static final int FUNCTIONS = 12;

    @TempDir
    Path folder;

    private final ManualClock clock = new ManualClock();
    private final SplittableRandom random = new SplittableRandom(20_260_101);
    private final Map<String, Long> truth = new TreeMap<>();

    /** The example's only block of SQL. */
    private static String example() throws Exception {
        String page = Files.readString(ProjectFiles.root().resolve("docs/downsampling.md"));
        int start = page.indexOf("```sql\n") + 7;
        return page.substring(start, page.indexOf("```", start));
    }

    /** A request of a service: each function takes half of what the one before takes. */
    private ProfileBatch request() {
        ProfilesEncoder encoder = new ProfilesEncoder();
        encoder.beginResource();
        encoder.resourceAttribute("service.name", "shop");
        encoder.beginScope("profiler", "1");
        encoder.beginProfile(new ProfileHeading(
                "cpu", "nanoseconds", "cpu", "nanoseconds", 10_000_000, clock.unixNanos(), 10 * SECOND, new byte[0]));
        for (int i = 0; i < ROWS; i++) {
            String function = "f" + Math.min(FUNCTIONS - 1, Long.numberOfTrailingZeros(random.nextLong()));
            int name = encoder.function(encoder.string(function), 0, 0, 0);
            int caller = encoder.function(encoder.string("caller" + random.nextInt(20)), 0, 0, 0);
            int stack =
                    encoder.stack(new int[] {encoder.location(0, 0, name, 0), encoder.location(0, 0, caller, 0)}, 2);
            long value = 10_000_000L * (1 + random.nextInt(8));
            truth.merge(function, value, Long::sum);
            encoder.sample(stack, new int[0], 0, 0, value);
        }
        return ProfilesDecoder.forVersion(1)
                .decode(encoder.toByteArray(), clock.unixNanos(), MemoryLease.counting())
                .batch();
    }

    @Test
    void estimatesAndIntervalsOfTheExampleAreTrue() throws Exception {
        assumeTrue(EmbeddedClickHouse.isAvailable());
        clock.jumpTo(Instant.parse("2026-01-31T08:00:00Z").getEpochSecond() * SECOND);
        Telemetry telemetry = new Telemetry(
                ComponentId.parse("downsample"), MeterProvider.noop().get("test"), clock);
        try (EmbeddedClickHouse server = EmbeddedClickHouse.start(folder)) {
            long exact = send(server, telemetry);
            List<String> answer = ask(server, example());
            answer.forEach(System.out::println);
            assertThat(exact)
                    .isEqualTo(
                            truth.values().stream().mapToLong(Long::longValue).sum());
            int inside = 0;
            double sum = 0;
            for (String line : answer) {
                String[] cells = line.split("\t");
                double seconds = truth.get(cells[0]) / (double) SECOND;
                sum += Double.parseDouble(cells[1]);
                inside += Double.parseDouble(cells[2]) <= seconds && seconds <= Double.parseDouble(cells[3]) ? 1 : 0;
                System.out.println(cells[0] + " took " + seconds + " s");
            }
            assertThat(inside).isGreaterThanOrEqualTo(FUNCTIONS - 2);
            assertThat(answer).hasSizeGreaterThan(FUNCTIONS - 4);
            assertThat(sum * SECOND / exact).isCloseTo(1, within(0.1));
        }
    }

    /** Sends an hour through downsample into ClickHouse; the exact sum that the totals tell. */
    private long send(EmbeddedClickHouse server, Telemetry telemetry) {
        ClickHouseConfig defaults = ClickHouseConfig.defaults();
        ClickHouseConfig config = new ClickHouseConfig(
                server.endpoint().toString(),
                defaults.username(),
                defaults.password(),
                defaults.database(),
                true,
                Duration.ZERO,
                defaults.tracesTableName(),
                defaults.compress(),
                defaults.timeout(),
                defaults.startupTimeout(),
                defaults.retryOnFailure(),
                defaults.sendingQueue(),
                defaults.stackCacheSize(),
                defaults.blockLog(),
                defaults.tierTtl());
        DownsampleFactory factory = new DownsampleFactory();
        DownsampleConfig base = factory.defaultConfig();
        DownsampleConfig sampling =
                new DownsampleConfig(0, Map.of(), 1, base.per(), base.window(), 1, base.firstSeen(), base.traces());
        AtomicInteger delivered = new AtomicInteger();
        List<Totals> totals = new ArrayList<>();
        try (Exporter exporter = new ClickHouseExporterFactory().create(config, Telemetry.none());
                Processor downsample = factory.create(
                        sampling,
                        batch -> {
                            totals.addAll(((ProfileBatch) batch).totals());
                            exporter.accept(batch);
                        },
                        telemetry)) {
            exporter.start();
            downsample.start();
            for (int i = 0; i < REQUESTS; i++) {
                ProfileBatch batch = request();
                batch.setReceipt(new Receipt() {
                    @Override
                    public void delivered() {
                        delivered.incrementAndGet();
                    }

                    @Override
                    public void dropped(String reason) {
                        throw new IllegalStateException(reason);
                    }
                });
                downsample.accept(batch);
                clock.advance(10 * SECOND);
            }
            Awaitility.await("the rows in ClickHouse")
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> delivered.get() == REQUESTS);
        }
        return totals.stream().mapToLong(Totals::sum).sum();
    }

    private static List<String> ask(EmbeddedClickHouse server, String sql) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(server.endpoint() + "/?database=otel"))
                .POST(HttpRequest.BodyPublishers.ofString(sql))
                .build();
        HttpResponse<String> response = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return response.body().lines().toList();
    }
}
