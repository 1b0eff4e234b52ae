package io.stackhouse.exporter.debug;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Status;
import io.stackhouse.exporter.debug.DebugConfig.Verbosity;
import io.stackhouse.exporter.testing.ReadmeTables;
import io.stackhouse.exporter.testing.RecordingMeter;
import io.stackhouse.exporter.testing.RecordingReceipt;
import io.stackhouse.pipeline.ComponentId;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.batch.Batch;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.memory.MemoryLease;
import io.stackhouse.pipeline.otlp.OtlpDecoder;
import io.stackhouse.pipeline.otlp.ProfileHeading;
import io.stackhouse.pipeline.otlp.ProfilesEncoder;
import io.stackhouse.pipeline.testing.ManualClock;
import io.stackhouse.pipeline.testing.Traces;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DebugExporterTest {
    private final ManualClock clock = new ManualClock();
    private final RecordingMeter meter = new RecordingMeter();
    private final BlockingQueue<String> shown = new LinkedBlockingQueue<>();

    private Telemetry telemetry() {
        return new Telemetry(ComponentId.parse("debug"), meter.meter(), clock);
    }

    private static DebugConfig config(Verbosity verbosity) {
        return new DebugConfig(verbosity, 2, 1, true, 100);
    }

    static ProfileBatch profiles() {
        ProfilesEncoder encoder = new ProfilesEncoder();
        int function = encoder.function(encoder.string("main"), 0, encoder.string("main.c"), 1);
        int mapping = encoder.mapping(0, 0, 0, encoder.string("/usr/lib/libc.so"));
        int stack = encoder.stack(
                new int[] {encoder.location(mapping, 0xbeef, 0, 0), encoder.location(0, 0, function, 42)}, 2);
        int thread = encoder.attribute("thread.name", "evil\n\u001b[31mname");
        int link = encoder.link(
                new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16},
                new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
        encoder.beginResource();
        encoder.resourceAttribute("service.name", "shop");
        encoder.beginScope("agent", "1.0");
        encoder.beginProfile(new ProfileHeading(
                "cpu",
                "nanoseconds",
                "cpu",
                "nanoseconds",
                10_000,
                1_700_000_000_000_000_000L,
                5_000_000_000L,
                new byte[0]));
        encoder.sampleAt(
                new ProfilesEncoder.Observed(stack, link, 77, 1_700_000_001_000_000_000L), new int[] {thread}, 1);
        encoder.sample(stack, new int[0], 0, 0, 23);
        return (ProfileBatch) decoded(Signal.PROFILES, encoder.toByteArray());
    }

    static Batch spans() {
        var span = Traces.span(new Random(1))
                .setStatus(Status.newBuilder()
                        .setCode(Status.StatusCode.STATUS_CODE_ERROR)
                        .setMessage("it broke"))
                .addAttributes(Traces.text("url.path", "/orders"));
        ExportTraceServiceRequest request =
                Traces.request(ScopeSpans.newBuilder().addSpans(span).build());
        return decoded(Signal.TRACES, request.toByteArray());
    }

    private static Batch decoded(Signal signal, byte[] body) {
        return OtlpDecoder.decode(signal, 1, body, 7, MemoryLease.counting());
    }

    @Test
    void showsHowMuchCame() {
        assertThat(Dump.of(profiles(), config(Verbosity.BASIC))).isEqualTo("Profiles: 1 resources, 1 profiles, 2 rows");
        assertThat(Dump.of(spans(), config(Verbosity.BASIC))).isEqualTo("Traces: 1 resources, 1 spans");
    }

    @Test
    void showsALineForEachProfileOrSpan() {
        assertThat(Dump.of(profiles(), config(Verbosity.NORMAL)))
                .isEqualTo("Profiles: 1 resources, 1 profiles, 2 rows\n"
                        + "  shop cpu/nanoseconds from 2023-11-14T22:13:20Z, 5000 ms: 2 rows, sum 100");
        assertThat(Dump.of(spans(), config(Verbosity.NORMAL)))
                .contains("\n  orders GET /orders/{id} SERVER trace ", " for 1.0 ms");
    }

    @Test
    void showsProfilesWithTheirStacks() {
        assertThat(Dump.of(profiles(), config(Verbosity.DETAILED)))
                .contains(
                        "Resource 0 \n  service.name: shop\n",
                        "  Profile 0: cpu/nanoseconds by agent 1.0\n",
                        "    from 2023-11-14T22:13:20Z for 5000000000 ns\n",
                        "Row 0 of profile 0: 77 nanoseconds at 2023-11-14T22:13:21Z"
                                + " in trace 0102030405060708090a0b0c0d0e0f10 span 0102030405060708\n",
                        "    libc.so+0xbeef\n    main (main.c:42)\n",
                        "Row 1 of profile 0: 23 nanoseconds\n");
    }

    @Test
    void showsSpansWithAllTheyHave() {
        assertThat(Dump.of(spans(), config(Verbosity.DETAILED)))
                .contains("  service.name: orders\n", "      status ERROR it broke\n", "      url.path: /orders");
    }

    @Test
    void whatProducersSendCannotBreakOutOfItsLine() {
        assertThat(Dump.of(profiles(), config(Verbosity.DETAILED)))
                .contains("  thread.name: evil\\u000a\\u001b[31mname\n")
                .doesNotContain("\u001b");
    }

    @Test
    void showsNoMoreThanItMay() {
        DebugConfig one = new DebugConfig(Verbosity.DETAILED, 2, 1, true, 1);
        assertThat(Dump.of(profiles(), one)).doesNotContain("Row 1").endsWith("and 1 rows more (max_items)");
    }

    @Test
    void samplesWithinASecond() {
        SecondSampler sampler = new SecondSampler(2, 3);
        StringBuilder seen = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            seen.append(sampler.isShown(i) ? 'x' : '.');
        }
        assertThat(seen).hasToString("xx..x..x");
        assertThat(sampler.isShown(2_000_000_000L)).isTrue();
        assertThat(new SecondSampler(0, 0).isShown(1)).isFalse();
    }

    @Test
    void takesEverythingAndShowsIt() throws InterruptedException {
        DebugExporter exporter = new DebugExporter(config(Verbosity.BASIC), telemetry(), shown::add);
        exporter.start();
        RecordingReceipt receipt = new RecordingReceipt();
        ProfileBatch batch = profiles();
        batch.setReceipt(receipt);
        exporter.accept(batch);
        exporter.accept(spans());
        assertThat(shown.poll(10, TimeUnit.SECONDS)).startsWith("Profiles:");
        assertThat(shown.poll(10, TimeUnit.SECONDS)).startsWith("Traces:");
        exporter.close();
        exporter.close();
        assertThat(receipt.calls).containsExactly(RecordingReceipt.DELIVERED);
        assertThat(meter.sum("otelcol_exporter_sent_profile_samples")).isEqualTo(2);
        assertThat(meter.sum("otelcol_exporter_sent_spans")).isEqualTo(1);
    }

    @Test
    void aSlowOutputHoldsNothingUp() throws InterruptedException {
        CountDownLatch isWriting = new CountDownLatch(1);
        CountDownLatch mayGoOn = new CountDownLatch(1);
        DebugExporter exporter = new DebugExporter(config(Verbosity.BASIC), telemetry(), text -> {
            shown.add(text);
            isWriting.countDown();
            awaitQuietly(mayGoOn);
        });
        exporter.start();
        exporter.accept(spans());
        assertThat(isWriting.await(10, TimeUnit.SECONDS)).isTrue();
        for (int i = 0; i < DebugExporter.WAITING + 5; i++) {
            exporter.accept(spans());
        }
        assertThat(meter.sum("stackhouse_exporter_left_out_dumps")).isEqualTo(5);
        assertThat(meter.sum("otelcol_exporter_sent_spans")).isEqualTo(DebugExporter.WAITING + 6);
        mayGoOn.countDown();
        exporter.close();
        assertThat(shown).as("what waits is written at the end").hasSize(DebugExporter.WAITING + 1);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void closesWithoutAStart() {
        new DebugExporter(config(Verbosity.BASIC), telemetry(), shown::add).close();
    }

    @Test
    void refusesSenselessSettings() {
        assertThatThrownBy(() -> new DebugConfig(Verbosity.BASIC, -1, 1, true, 1))
                .hasMessageContaining("sampling_initial must be 0 or more");
        assertThatThrownBy(() -> new DebugConfig(Verbosity.BASIC, 1, -1, true, 1))
                .hasMessageContaining("sampling_thereafter must be 0");
        assertThatThrownBy(() -> new DebugConfig(Verbosity.BASIC, 1, 1, true, 0))
                .hasMessageContaining("max_items must be 1 to");
    }

    @Test
    void everyMetricStandsInTheReadme() throws Exception {
        new DebugExporter(config(Verbosity.BASIC), telemetry(), shown::add).close();
        assertThat(ReadmeTables.firstColumn("Metrics of `debug`"))
                .containsExactlyInAnyOrderElementsOf(meter.sums.keySet());
    }
}
