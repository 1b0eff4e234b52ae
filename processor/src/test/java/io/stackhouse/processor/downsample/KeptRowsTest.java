package io.stackhouse.processor.downsample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.opentelemetry.api.metrics.MeterProvider;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import io.stackhouse.pipeline.ComponentId;
import io.stackhouse.pipeline.Processor;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.batch.Attributes;
import io.stackhouse.pipeline.batch.Batch;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.batch.Receipt;
import io.stackhouse.pipeline.batch.Resource;
import io.stackhouse.pipeline.batch.Scope;
import io.stackhouse.pipeline.batch.SpanBatch;
import io.stackhouse.pipeline.batch.SpanBatch.SpanGroup;
import io.stackhouse.pipeline.batch.Totals;
import io.stackhouse.pipeline.memory.MemoryLease;
import io.stackhouse.pipeline.otlp.ProfileHeading;
import io.stackhouse.pipeline.otlp.ProfilesDecoder;
import io.stackhouse.pipeline.otlp.ProfilesEncoder;
import io.stackhouse.pipeline.testing.ManualClock;
import io.stackhouse.pipeline.testing.RandomProfiles;
import io.stackhouse.processor.downsample.DownsampleConfig.BudgetScope;
import io.stackhouse.processor.downsample.DownsampleConfig.FirstSeenConfig;
import io.stackhouse.processor.downsample.DownsampleConfig.TracesConfig;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is kept for other reasons than chance, budgets, and totals. */
class KeptRowsTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long HIGH_THRESHOLD = 1_000_000_000_000L;
    private static final FirstSeenConfig NO_FIRST_SEEN = new FirstSeenConfig(0, 1);
    private static final TracesConfig TRACES = traces(0, 0);

    private final ManualClock clock = new ManualClock();
    private final List<Batch> out = new ArrayList<>();
    private final DownsampleFactory factory = new DownsampleFactory();
    private final Telemetry telemetry = new Telemetry(
            ComponentId.parse("downsample/cpu"), MeterProvider.noop().get("test"), clock);

    private static TracesConfig traces(double probability, long holdSeconds) {
        return new TracesConfig(
                probability,
                true,
                Duration.ofMillis(500),
                1_000,
                Duration.ofMinutes(5),
                Duration.ofSeconds(holdSeconds),
                1_000);
    }

    private static DownsampleConfig fixed(FirstSeenConfig firstSeen, TracesConfig traces) {
        return new DownsampleConfig(
                HIGH_THRESHOLD, Map.of(), 0, BudgetScope.PIPELINE, Duration.ofSeconds(10), 1, firstSeen, traces);
    }

    private static DownsampleConfig budget(double samplesPerSecond, BudgetScope per) {
        return new DownsampleConfig(
                0, Map.of(), samplesPerSecond, per, Duration.ofSeconds(10), 1, NO_FIRST_SEEN, TRACES);
    }

    private Processor downsample(DownsampleConfig config) {
        Processor processor = factory.create(config, out::add, telemetry);
        processor.start();
        return processor;
    }

    private ProfileBatch rows(String service, int rows, int stacks, long firstTraceLow) {
        ProfilesEncoder encoder = new ProfilesEncoder();
        encoder.beginResource();
        encoder.resourceAttribute("service.name", service);
        encoder.beginScope("scope", "1");
        encoder.beginProfile(new ProfileHeading(
                "cpu", "nanoseconds", "cpu", "nanoseconds", 10, clock.unixNanos(), 10 * SECOND, new byte[0]));
        for (int i = 0; i < rows; i++) {
            int name = encoder.function(encoder.string("f" + i % stacks), 0, 0, 0);
            int stack = encoder.stack(new int[] {encoder.location(0, 0, name, 0)}, 1);
            int link = firstTraceLow == 0
                    ? 0
                    : encoder.link(traceId(firstTraceLow + i), new byte[] {1, 0, 0, 0, 0, 0, 0, 0});
            encoder.sample(stack, new int[0], 0, link, 1_000 + i);
        }
        return ProfilesDecoder.forVersion(1)
                .decode(encoder.toByteArray(), clock.unixNanos(), MemoryLease.counting())
                .batch();
    }

    private static byte[] traceId(long low) {
        return ByteBuffer.allocate(16).putLong(7).putLong(low).array();
    }

    private static SpanBatch spans(Span... spans) {
        SpanGroup group = new SpanGroup(
                new Resource(new Attributes(), ""), new Scope("", "", new Attributes(), ""), List.of(spans));
        return new SpanBatch(List.of(group), 0);
    }

    private static Span failed(long traceLow) {
        return Span.newBuilder()
                .setTraceId(ByteString.copyFrom(traceId(traceLow)))
                .setStatus(Status.newBuilder().setCode(Status.StatusCode.STATUS_CODE_ERROR))
                .build();
    }

    private static Span lasting(long traceLow, long nanos) {
        return Span.newBuilder()
                .setTraceId(ByteString.copyFrom(traceId(traceLow)))
                .setStartTimeUnixNano(1_000)
                .setEndTimeUnixNano(1_000 + nanos)
                .build();
    }

    @Test
    void samplesOfTracesThatAreKeptAreKeptWithWeightOne() {
        // The last 56 bits of the ids go on from T - 50: half of the hundred are below T.
        long rejection = RowDecisions.rejectionThreshold(0.25);
        assertThat(rejection).isEqualTo(3L << 54);
        Processor downsample = downsample(fixed(NO_FIRST_SEEN, traces(0.25, 0)));
        ProfileBatch batch = rows("shop", 100, 10, rejection - 50);
        downsample.accept(batch);
        assertThat(batch.rowCount()).isEqualTo(50);
        for (int row = 0; row < 50; row++) {
            assertThat(batch.rowThreshold(row)).isZero();
            assertThat(batch.rowValue(row)).isEqualTo(1_050 + row);
        }
    }

    @Test
    void withAProbabilityOfOneEveryLinkedSampleIsKeptAndWithNoneNone() {
        ProfileBatch all = rows("shop", 100, 10, 1);
        downsample(fixed(NO_FIRST_SEEN, traces(1, 0))).accept(all);
        assertThat(all.rowCount()).isEqualTo(100);
        ProfileBatch none = rows("shop", 100, 10, 1);
        downsample(fixed(NO_FIRST_SEEN, traces(0, 0))).accept(none);
        assertThat(none.rowCount()).isZero();
    }

    @Test
    void tracesSeenToFailOrToBeSlowInATracesPipelineAreKept() {
        Processor profiles = downsample(fixed(NO_FIRST_SEEN, TRACES));
        Processor traces = downsample(fixed(NO_FIRST_SEEN, TRACES));
        SpanBatch spans = spans(failed(10), lasting(20, 500_000_000), lasting(30, 499_999_999));
        traces.accept(spans);
        assertThat(out).containsExactly(spans);
        ProfileBatch batch = rows("shop", 40, 10, 1);
        profiles.accept(batch);
        assertThat(values(batch)).containsExactly(1_009L, 1_019L);
        assertThat(batch.rowThreshold(0)).isZero();
    }

    @Test
    void anotherIdSharesNothing() {
        downsample(fixed(NO_FIRST_SEEN, TRACES)).accept(spans(failed(10)));
        Telemetry other = new Telemetry(
                ComponentId.parse("downsample/other"), MeterProvider.noop().get("test"), clock);
        ProfileBatch batch = rows("shop", 40, 10, 1);
        factory.create(fixed(NO_FIRST_SEEN, TRACES), out::add, other).accept(batch);
        assertThat(batch.rowCount()).isZero();
    }

    @Test
    void rowsWaitForTheFateOfTheirTrace() {
        Downsample downsample = (Downsample) downsample(fixed(NO_FIRST_SEEN, traces(0, 30)));
        ProfileBatch linked = rows("shop", 40, 10, 1);
        ProfileBatch unlinked = rows("shop", 40, 10, 0);
        downsample.accept(linked);
        downsample.accept(unlinked);
        assertThat(out).containsExactly(unlinked);
        clock.advance(30 * SECOND - 1);
        downsample.tick();
        assertThat(out).hasSize(1);
        downsample(fixed(NO_FIRST_SEEN, traces(0, 30))).accept(spans(failed(5)));
        clock.advance(1);
        downsample.tick();
        assertThat(out).contains(linked);
        assertThat(values(linked)).containsExactly(1_004L);
    }

    @Test
    void whenTooManyRowsWaitTheOldestDoNot() {
        Downsample downsample = (Downsample) downsample(fixed(NO_FIRST_SEEN, traces(0, 30)));
        for (int i = 0; i < 3; i++) {
            downsample.accept(rows("shop", 400, 10, 1));
        }
        assertThat(out).hasSize(1);
        downsample.close();
        downsample.close();
        assertThat(out).hasSize(3);
    }

    @Test
    void aBatchThatWaitedIsDroppedWhenALaterStageFails() {
        Downsample downsample = (Downsample) factory.create(
                fixed(NO_FIRST_SEEN, traces(0, 30)),
                batch -> {
                    throw new IllegalStateException("on purpose");
                },
                telemetry);
        List<String> answers = new ArrayList<>();
        ProfileBatch batch = rows("shop", 4, 4, 1);
        batch.setReceipt(new Receipt() {
            @Override
            public void delivered() {
                answers.add("delivered");
            }

            @Override
            public void dropped(String reason) {
                answers.add("dropped");
            }
        });
        downsample.accept(batch);
        downsample.close();
        assertThat(answers).containsExactly("dropped");
    }

    @Test
    void theFirstSightOfAStackIsKeptOnceAnHourAndService() {
        Processor downsample = downsample(fixed(new FirstSeenConfig(0.5, 100), TRACES));
        assertThat(sampled(downsample, rows("shop", 40, 10, 0))).isEqualTo(10);
        assertThat(sampled(downsample, rows("shop", 40, 10, 0))).isZero();
        assertThat(sampled(downsample, rows("bank", 40, 10, 0))).isEqualTo(10);
        clock.advance(3_600 * SECOND);
        ProfileBatch nextHour = rows("shop", 40, 10, 0);
        assertThat(sampled(downsample, nextHour)).isEqualTo(10);
        assertThat(nextHour.rowThreshold(0)).isZero();
    }

    @Test
    void atMostAShareIsKeptForItsFirstSightAndTheRestComesLater() {
        Processor downsample = downsample(fixed(new FirstSeenConfig(0.05, 1_000), TRACES));
        assertThat(sampled(downsample, rows("shop", 200, 200, 0))).isEqualTo(10);
        assertThat(sampled(downsample, rows("shop", 200, 200, 0))).isBetween(9, 10);
    }

    @Test
    void firstSightsStopWhenTheTableIsFull() {
        Processor downsample = downsample(fixed(new FirstSeenConfig(0.5, 7), TRACES));
        assertThat(sampled(downsample, rows("shop", 200, 200, 0))).isEqualTo(7);
    }

    @Test
    void aBudgetKeepsAboutAsManyRowsOfASteadyStream() {
        Processor downsample = downsample(budget(20, BudgetScope.PIPELINE));
        long kept = 0;
        for (int window = 0; window < 20; window++) {
            for (int request = 0; request < 10; request++) {
                ProfileBatch batch = rows("shop", 400, 400, 0);
                int rows = sampled(downsample, batch);
                kept += window == 0 ? 0 : rows;
                clock.advance(SECOND);
            }
        }
        assertThat(kept / 19.0).isBetween(180.0, 220.0);
    }

    @Test
    void fewRowsAreAllKept() {
        Processor downsample = downsample(budget(20, BudgetScope.PIPELINE));
        for (int i = 0; i < 50; i++) {
            assertThat(sampled(downsample, rows("shop", 10, 10, 0))).isEqualTo(10);
            clock.advance(SECOND);
        }
    }

    @Test
    void aClockThatIsSetBackBeginsAnew() {
        Processor downsample = downsample(budget(20, BudgetScope.PIPELINE));
        sampled(downsample, rows("shop", 400, 400, 0));
        clock.jumpTo(clock.unixNanos() - 3_600 * SECOND);
        long kept = 0;
        for (int i = 0; i < 100; i++) {
            kept += sampled(downsample, rows("shop", 400, 400, 0));
            clock.advance(SECOND);
        }
        assertThat(kept).isBetween(1_600L, 3_000L);
    }

    @Test
    void eachServiceHasItsOwnBudget() {
        Processor downsample = downsample(budget(5, BudgetScope.SERVICE));
        long small = 0;
        long large = 0;
        for (int i = 0; i < 200; i++) {
            large += sampled(downsample, rows("large", 1_000, 10, 0));
            small += sampled(downsample, rows("small", 4, 4, 0));
            clock.advance(SECOND);
        }
        assertThat(small).isEqualTo(800);
        assertThat(large).isBetween(800L, 1_400L);
    }

    @Test
    void totalsAreExactWhateverIsKept() {
        for (int seed = 0; seed < 300; seed++) {
            byte[] body = new RandomProfiles(seed).request().toByteArray();
            ProfileBatch before = ProfilesDecoder.forVersion(1)
                    .decode(body, clock.unixNanos(), MemoryLease.counting())
                    .batch();
            ProfileBatch batch = ProfilesDecoder.forVersion(1)
                    .decode(body, clock.unixNanos(), MemoryLease.counting())
                    .batch();
            downsample(fixed(NO_FIRST_SEEN, TRACES)).accept(batch);
            BigInteger expected = BigInteger.ZERO;
            for (int row = 0; row < before.rowCount(); row++) {
                expected = expected.add(BigInteger.valueOf(before.rowValue(row)));
            }
            BigInteger sum = BigInteger.ZERO;
            long observations = 0;
            long kept = 0;
            for (Totals totals : batch.totals()) {
                sum = sum.add(BigInteger.valueOf(totals.sum()));
                observations += totals.observations();
                kept += totals.keptRows();
                assertThat(totals.windowStartUnixNanos() % totals.windowNanos()).isZero();
            }
            assertThat(sum).as("seed %d", seed).isEqualTo(expected);
            assertThat(observations).as("seed %d", seed).isEqualTo(before.rowCount());
            assertThat(kept).as("seed %d", seed).isLessThanOrEqualTo(batch.rowCount());
        }
    }

    @Test
    void totalsAreOnePerResourceScopeTypeAndWindowAndSurviveASecondStage() {
        ProfileBatch batch = rows("shop", 100, 10, 0);
        downsample(fixed(NO_FIRST_SEEN, TRACES)).accept(batch);
        List<Totals> totals = batch.totals();
        assertThat(totals).hasSize(1);
        assertThat(totals.get(0).sum()).isEqualTo(100 * 1_000 + 99 * 50);
        assertThat(totals.get(0).windowStartUnixNanos()).isEqualTo(clock.unixNanos() / (10 * SECOND) * (10 * SECOND));
        downsample(fixed(NO_FIRST_SEEN, TRACES)).accept(batch);
        assertThat(batch.totals()).isEqualTo(totals);
    }

    @Test
    void manyTracesAreBoundedAndTheOldestAreForgotten() {
        TracesConfig config = new TracesConfig(0, true, Duration.ZERO, 64, Duration.ofSeconds(60), Duration.ZERO, 1);
        NotableTraces traces = new NotableTraces(config, clock);
        int forgotten = 0;
        for (int i = 1; i <= 1_000; i++) {
            forgotten += traces.add(1, i) ? 1 : 0;
            assertThat(traces.contains(1, i)).isTrue();
            clock.advance(SECOND / 100);
        }
        int known = 0;
        for (int i = 1; i <= 1_000; i++) {
            known += traces.contains(1, i) ? 1 : 0;
        }
        assertThat(known).isEqualTo(64);
        assertThat(forgotten).isEqualTo(1_000 - 64);
        clock.advance(61 * SECOND);
        assertThat(traces.contains(1, 1_000)).isFalse();
        assertThat(traces.add(1, 5_000)).isFalse();
    }

    @Test
    void refusesSenselessSettings() {
        assertThatThrownBy(() -> new DownsampleConfig(
                        5, Map.of(), 5, BudgetScope.PIPELINE, Duration.ofSeconds(1), 1, NO_FIRST_SEEN, TRACES))
                .hasMessage("threshold can't stand beside samples_per_second, which finds it; leave one of them out");
        assertThatThrownBy(() -> budget(-1, BudgetScope.PIPELINE)).hasMessageContaining("samples_per_second");
        assertThatThrownBy(() -> new FirstSeenConfig(0.6, 1)).hasMessage("share must be from 0 to 0.5, not 0.6");
        assertThatThrownBy(() -> traces(1.5, 0)).hasMessageContaining("sampling_probability");
    }

    private int sampled(Processor downsample, ProfileBatch batch) {
        out.clear();
        downsample.accept(batch);
        return batch.rowCount();
    }

    private static List<Long> values(ProfileBatch batch) {
        List<Long> values = new ArrayList<>();
        for (int row = 0; row < batch.rowCount(); row++) {
            values.add(batch.rowValue(row));
        }
        return values;
    }
}
