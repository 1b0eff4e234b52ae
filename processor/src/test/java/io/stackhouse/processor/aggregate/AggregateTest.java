package io.stackhouse.processor.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.opentelemetry.api.metrics.MeterProvider;
import io.stackhouse.pipeline.ByteSize;
import io.stackhouse.pipeline.ComponentId;
import io.stackhouse.pipeline.Consumer;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.batch.Batch;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.batch.ProfileHeader.ValueType;
import io.stackhouse.pipeline.batch.Receipt;
import io.stackhouse.pipeline.batch.SpanBatch;
import io.stackhouse.pipeline.batch.Totals;
import io.stackhouse.pipeline.identity.StackHasher;
import io.stackhouse.pipeline.memory.MemoryLease;
import io.stackhouse.pipeline.otlp.ProfileHeading;
import io.stackhouse.pipeline.otlp.ProfilesDecoder;
import io.stackhouse.pipeline.otlp.ProfilesEncoder;
import io.stackhouse.pipeline.testing.ManualClock;
import io.stackhouse.pipeline.testing.RandomProfiles;
import io.stackhouse.pipeline.testing.SyntheticProfiles;
import io.stackhouse.pipeline.testing.SyntheticProfiles.Shape;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class AggregateTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long MINUTE = 60 * SECOND;

    private final ManualClock clock = new ManualClock();
    /** Begin of the window that the clock stands in. */
    private final long start = clock.unixNanos() / (10 * SECOND) * (10 * SECOND);

    private final List<ProfileBatch> out = new ArrayList<>();
    private AggregateConfig config = new AggregateFactory().defaultConfig();

    private Aggregate aggregate() {
        return aggregate(batch -> out.add((ProfileBatch) batch));
    }

    private Aggregate aggregate(Consumer next) {
        Telemetry telemetry = new Telemetry(
                ComponentId.parse("aggregate"), MeterProvider.noop().get("test"), clock);
        Aggregate aggregate = new Aggregate(config, next, telemetry);
        aggregate.start();
        return aggregate;
    }

    private void passTime(Aggregate aggregate, long nanos) {
        clock.advance(nanos);
        aggregate.tick();
    }

    /** Samples of one profile that begins at a time. */
    private final class Samples {
        private final ProfilesEncoder encoder = new ProfilesEncoder();

        Samples(long timeUnixNanos) {
            this(timeUnixNanos, "shop");
        }

        Samples(long timeUnixNanos, String service) {
            encoder.beginResource();
            encoder.resourceAttribute("service.name", service);
            encoder.beginScope("scope", "1");
            encoder.beginProfile(new ProfileHeading(
                    "cpu", "nanoseconds", "cpu", "nanoseconds", 10, timeUnixNanos, 10 * SECOND, new byte[0]));
        }

        Samples add(String function, long value) {
            encoder.sample(stack(function), new int[0], 0, 0, value);
            return this;
        }

        Samples onThread(String function, String thread, long threadId, long value) {
            int[] attributes = {encoder.attribute("thread.name", thread), encoder.attribute("thread.id", threadId)};
            encoder.sample(stack(function), attributes, 2, 0, value);
            return this;
        }

        Samples linkedAt(String function, int trace, long value, long timeUnixNanos) {
            byte[] traceId = new byte[16];
            traceId[0] = (byte) trace;
            int link = trace == 0 ? 0 : encoder.link(traceId, new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
            encoder.sampleAt(new ProfilesEncoder.Observed(stack(function), link, value, timeUnixNanos), new int[0], 0);
            return this;
        }

        private int stack(String function) {
            int name = encoder.function(encoder.string(function), 0, 0, 0);
            return encoder.stack(new int[] {encoder.location(0, 0, name, 7)}, 1);
        }

        ProfileBatch batch() {
            return decode(encoder.toByteArray(), clock.unixNanos());
        }
    }

    private static ProfileBatch decode(byte[] body, long receivedUnixNanos) {
        return ProfilesDecoder.forVersion(1)
                .decode(body, receivedUnixNanos, MemoryLease.counting())
                .batch();
    }

    private static Map<String, Long> byFunction(ProfileBatch batch) {
        Map<String, Long> values = new TreeMap<>();
        for (int row = 0; row < batch.rowCount(); row++) {
            int stack = batch.sampleStack(batch.rowSample(row));
            int location = batch.dictionary().stackLocation(batch.dictionary().stackStart(stack));
            int function = batch.dictionary().lineFunction(batch.dictionary().lineStart(location));
            values.merge(
                    batch.dictionary().string(batch.dictionary().functionName(function)),
                    batch.rowValue(row),
                    Long::sum);
        }
        return values;
    }

    @Test
    void equalSamplesOfAWindowAreAddedUpOverRequests() {
        Aggregate aggregate = aggregate();
        aggregate.accept(new Samples(start).add("a", 1).add("b", 2).add("a", 3).batch());
        aggregate.accept(new Samples(start + SECOND).add("b", 10).add("c", 20).batch());
        passTime(aggregate, 30 * SECOND);
        assertThat(out).hasSize(1);
        assertThat(out.get(0).rowCount()).isEqualTo(3);
        assertThat(byFunction(out.get(0))).containsExactlyInAnyOrderEntriesOf(Map.of("a", 4L, "b", 12L, "c", 20L));
        assertThat(out.get(0).rowObservations(0)).isEqualTo(2);
        assertThat(out.get(0).profile(0).timeUnixNanos()).isEqualTo(start);
        assertThat(out.get(0).profile(0).durationNanos()).isEqualTo(10 * SECOND);
    }

    @Test
    void whatDiffersInResourceOrThreadStaysApart() {
        Aggregate aggregate = aggregate();
        aggregate.accept(new Samples(start)
                .onThread("a", "x", 1, 1)
                .onThread("a", "y", 2, 2)
                .batch());
        aggregate.accept(new Samples(start, "other").onThread("a", "x", 1, 4).batch());
        aggregate.close();
        assertThat(out.get(0).rowCount()).isEqualTo(3);
        assertThat(out.get(0).resourceCount()).isEqualTo(2);
    }

    @Test
    void attributesAreDroppedBeforeSamplesAreCompared() {
        config = new AggregateConfig(
                Duration.ofSeconds(10), Duration.ZERO, List.of("thread.id"), false, 100, ByteSize.ofMebibytes(1));
        Aggregate aggregate = aggregate();
        aggregate.accept(new Samples(start)
                .onThread("a", "x", 1, 1)
                .onThread("a", "x", 2, 2)
                .onThread("a", "y", 3, 4)
                .batch());
        aggregate.close();
        ProfileBatch batch = out.get(0);
        assertThat(batch.rowCount()).isEqualTo(2);
        assertThat(batch.rowValue(0)).isEqualTo(3);
        assertThat(batch.sampleAttributeEnd(0) - batch.sampleAttributeStart(0)).isEqualTo(1);
        assertThat(batch.dictionary().attributeKey(batch.sampleAttribute(0))).isEqualTo("thread.name");
    }

    @Test
    void aWindowIsHandedOnWhenItsGraceHasPassed() {
        Aggregate aggregate = aggregate();
        aggregate.accept(new Samples(start).add("a", 1).batch());
        passTime(aggregate, start + 25 * SECOND - clock.unixNanos() - 1);
        assertThat(out).isEmpty();
        passTime(aggregate, 1);
        assertThat(out).hasSize(1);
    }

    @Test
    void rowsGoToTheWindowsOfTheirOwnTimes() {
        Aggregate aggregate = aggregate();
        aggregate.accept(new Samples(start)
                .linkedAt("a", 0, 1, start + 9 * SECOND)
                .linkedAt("a", 0, 2, start + 10 * SECOND)
                .linkedAt("b", 0, 3, start - 1)
                .batch());
        aggregate.close();
        assertThat(out.stream().map(batch -> batch.profile(0).timeUnixNanos()))
                .containsExactlyInAnyOrder(start, start + 10 * SECOND, start - 10 * SECOND);
        assertThat(out.stream().mapToLong(batch -> batch.rowValue(0)).sum()).isEqualTo(6);
        assertThat(out)
                .allSatisfy(batch -> assertThat(batch.rowTimestampUnixNanos(0)).isZero());
    }

    @Test
    void whatIsLateGoesToAWindowOfItsOwn() {
        Aggregate aggregate = aggregate();
        aggregate.accept(new Samples(start).add("a", 1).batch());
        passTime(aggregate, 40 * SECOND);
        aggregate.accept(new Samples(start).add("a", 2).batch());
        aggregate.accept(new Samples(start).add("a", 3).batch());
        passTime(aggregate, 9 * SECOND);
        assertThat(out).hasSize(1);
        passTime(aggregate, SECOND);
        assertThat(out).hasSize(2);
        assertThat(out.get(1).rowValue(0)).isEqualTo(5);
        assertThat(out.get(1).profile(0).timeUnixNanos()).isEqualTo(start);
    }

    @Test
    void nothingWaitsLongerThanIntervalAndGraceEvenWhenItIsDatedAhead() {
        Aggregate aggregate = aggregate();
        aggregate.accept(new Samples(start + 5 * MINUTE).add("a", 1).batch());
        passTime(aggregate, 25 * SECOND);
        assertThat(out).hasSize(1);
        assertThat(out.get(0).profile(0).timeUnixNanos()).isEqualTo(start + 5 * MINUTE);
    }

    @Test
    void timesThatAreNotBelievedCountAsTheTimeOfReceipt() {
        Aggregate aggregate = aggregate();
        aggregate.accept(new Samples(start + 60 * MINUTE).add("a", 1).batch());
        aggregate.accept(new Samples(1).add("a", 1).batch());
        aggregate.close();
        assertThat(out).hasSize(1);
        assertThat(out.get(0).profile(0).timeUnixNanos()).isEqualTo(start);
        assertThat(out.get(0).rowValue(0)).isEqualTo(2);
    }

    @Test
    void aSumThatDoesNotFitBeginsAnotherRow() {
        Aggregate aggregate = aggregate();
        long large = Long.MAX_VALUE - 1;
        aggregate.accept(
                new Samples(start).add("a", large).add("a", 5).add("a", 6).batch());
        aggregate.close();
        assertThat(RowTexts.sums(out).values())
                .singleElement()
                .satisfies(sum -> assertThat(sum.value())
                        .isEqualTo(BigInteger.valueOf(large).add(BigInteger.valueOf(11))));
        assertThat(out.get(0).rowCount()).isEqualTo(2);
    }

    @Test
    void timestampsBecomeValues() {
        Aggregate aggregate = aggregate();
        byte[] body = SyntheticProfiles.request(1_000, Shape.TIMESTAMPS_ONLY);
        ProfileBatch before = decode(body, 0);
        long received = before.profile(0).timeUnixNanos();
        clock.jumpTo(received);
        ProfileBatch batch = decode(body, received);
        Map<String, RowTexts.Sum> expected = RowTexts.sums(List.of(batch));
        aggregate.accept(batch);
        aggregate.close();
        assertThat(RowTexts.sums(out)).isEqualTo(expected);
        assertThat(out.stream().mapToInt(ProfileBatch::rowCount).sum()).isLessThan(before.rowCount());
        assertThat(out.get(0).rowTimestampUnixNanos(0)).isZero();
    }

    @Test
    void linkedSamplesKeepTheirTimeWhenWanted() {
        config = new AggregateConfig(
                Duration.ofSeconds(10), Duration.ZERO, List.of(), true, 100, ByteSize.ofMebibytes(1));
        Aggregate aggregate = aggregate();
        aggregate.accept(new Samples(start)
                .linkedAt("a", 1, 1, start + 1)
                .linkedAt("a", 1, 2, start + 2)
                .linkedAt("a", 0, 4, start + 3)
                .linkedAt("a", 0, 8, start + 4)
                .batch());
        aggregate.close();
        ProfileBatch batch = out.get(0);
        assertThat(batch.rowCount()).isEqualTo(3);
        assertThat(List.of(
                        batch.rowTimestampUnixNanos(0), batch.rowTimestampUnixNanos(1), batch.rowTimestampUnixNanos(2)))
                .containsExactlyInAnyOrder(0L, start + 1, start + 2);
    }

    @Test
    void rowsThatWereSampledBeforeAreNotAddedUpAndTotalsGoAlong() {
        Aggregate aggregate = aggregate();
        ProfileBatch batch = new Samples(start).add("a", 1).add("a", 2).batch();
        batch.sampleRows((unused, row) -> 100);
        Totals totals =
                new Totals(0, batch.profile(0).scope(), new ValueType("cpu", "nanoseconds"), start, 10, 3, 2, 2);
        batch.setTotals(List.of(totals));
        aggregate.accept(new Samples(start, "other").add("a", 1).batch());
        aggregate.accept(batch);
        aggregate.close();
        ProfileBatch merged = out.get(0);
        assertThat(merged.rowCount()).isEqualTo(3);
        assertThat(merged.rowThreshold(2)).isEqualTo(100);
        assertThat(merged.totals()).containsExactly(totals.withResource(1));
    }

    @Test
    void aReceiptIsSettledWhenAllWindowsOfTheBatchAre() {
        Aggregate aggregate = aggregate();
        RecordedReceipt first = new RecordedReceipt();
        RecordedReceipt second = new RecordedReceipt();
        ProfileBatch both = new Samples(start)
                .linkedAt("a", 0, 1, start)
                .linkedAt("a", 0, 1, start + 10 * SECOND)
                .batch();
        both.setReceipt(first);
        ProfileBatch one = new Samples(start).add("a", 1).batch();
        one.setReceipt(second);
        aggregate.accept(both);
        aggregate.accept(one);
        aggregate.close();
        assertThat(out).hasSize(2);
        out.get(0).receipt().delivered();
        assertThat(first.answers).isEmpty();
        assertThat(second.answers).containsExactly("delivered");
        out.get(1).receipt().dropped("test");
        assertThat(first.answers).containsExactly("dropped");
    }

    @Test
    void aWindowThatALaterStageRefusesIsDroppedAlone() {
        Aggregate aggregate = aggregate(batch -> {
            throw new IllegalStateException("on purpose");
        });
        RecordedReceipt receipt = new RecordedReceipt();
        ProfileBatch batch = new Samples(start).add("a", 1).batch();
        batch.setReceipt(receipt);
        aggregate.accept(batch);
        aggregate.close();
        assertThat(receipt.answers).containsExactly("dropped");
    }

    /** What is never settled would stay in the journal until it is full. */
    @Test
    void anErrorBehindAWindowSettlesItOnceAndEscapes() {
        List<Batch> handedOn = new ArrayList<>();
        Aggregate aggregate = aggregate(batch -> {
            handedOn.add(batch);
            if (handedOn.size() == 1) {
                throw new OutOfMemoryError("on purpose");
            }
            batch.receipt().delivered();
            throw new IllegalStateException("after it was settled");
        });
        RecordedReceipt first = new RecordedReceipt();
        ProfileBatch batch = new Samples(start).add("a", 1).batch();
        batch.setReceipt(first);
        aggregate.accept(batch);

        assertThatThrownBy(aggregate::close).isInstanceOf(OutOfMemoryError.class);

        assertThat(first.answers).containsExactly("dropped");
        RecordedReceipt second = new RecordedReceipt();
        batch = new Samples(start).add("a", 1).batch();
        batch.setReceipt(second);
        aggregate.accept(batch);
        aggregate.close();
        assertThat(second.answers).containsExactly("delivered");
    }

    @Test
    void theLargestWindowIsHandedOnWhenAllTogetherAreFull() {
        config = new AggregateConfig(
                Duration.ofSeconds(10), Duration.ofHours(1), List.of(), false, 1_000_000, ByteSize.parse("100KiB"));
        Aggregate aggregate = aggregate();
        Samples small = new Samples(start - 10_000_000_000L);
        for (int i = 0; i < 100; i++) {
            small.add("s" + i, 1);
        }
        Samples large = new Samples(start);
        for (int i = 0; i < 600; i++) {
            large.add("l" + i, 1);
        }
        aggregate.accept(small.batch());
        assertThat(out).isEmpty();
        aggregate.accept(large.batch());
        assertThat(out).hasSize(1);
        assertThat(out.get(0).rowCount()).isEqualTo(600);
    }

    @Test
    void aFullWindowIsHandedOnEarlyAndNothingIsLost() {
        config = new AggregateConfig(
                Duration.ofSeconds(10), Duration.ZERO, List.of(), false, 3, ByteSize.ofMebibytes(1));
        Aggregate aggregate = aggregate();
        Samples samples = new Samples(start);
        for (int i = 0; i < 10; i++) {
            samples.add("f" + i, 1);
        }
        RecordedReceipt receipt = new RecordedReceipt();
        ProfileBatch batch = samples.batch();
        batch.setReceipt(receipt);
        aggregate.accept(batch);
        assertThat(out).hasSize(3);
        aggregate.close();
        assertThat(out.stream().mapToInt(ProfileBatch::rowCount).sum()).isEqualTo(10);
        out.forEach(each -> each.receipt().delivered());
        assertThat(receipt.answers).containsExactly("delivered");
    }

    @Test
    void manyWindowsAtATimeAreBounded() {
        Aggregate aggregate = aggregate();
        Samples samples = new Samples(start);
        for (int i = 0; i < 1_000; i++) {
            samples.linkedAt("a", 0, 1, start - i * MINUTE);
        }
        aggregate.accept(samples.batch());
        assertThat(out).hasSizeGreaterThan(900);
        aggregate.close();
        assertThat(out.stream().mapToInt(ProfileBatch::rowCount).sum()).isEqualTo(1_000);
    }

    @Test
    void spansAndEmptyBatchesPassThrough() {
        List<Batch> passed = new ArrayList<>();
        Aggregate aggregate = aggregate(passed::add);
        SpanBatch spans = new SpanBatch(List.of(), 0);
        ProfileBatch empty = decode(new byte[0], 0);
        aggregate.accept(spans);
        aggregate.accept(empty);
        assertThat(passed).containsExactly(spans, empty);
    }

    @Test
    void whateverComesItsSumsAndObservationsAreKeptAndItsStacksHaveTheSameHashes() {
        for (int seed = 0; seed < 60; seed++) {
            out.clear();
            RandomProfiles random = new RandomProfiles(seed);
            Aggregate aggregate = aggregate();
            List<ProfileBatch> in = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                byte[] body = random.request().toByteArray();
                // Each request twice: the second time it is all known.
                for (int twice = 0; twice < 2; twice++) {
                    in.add(decode(body, clock.unixNanos()));
                    aggregate.accept(decode(body, clock.unixNanos()));
                }
            }
            aggregate.close();
            assertThat(RowTexts.sums(out)).as("seed %d", seed).isEqualTo(RowTexts.sums(in));
            assertThat(hashes(out)).as("seed %d", seed).isEqualTo(hashes(in));
        }
    }

    private static Map<String, Long> hashes(List<ProfileBatch> batches) {
        Map<String, Long> hashes = new HashMap<>();
        for (ProfileBatch batch : batches) {
            StackHasher hasher = new StackHasher(batch.dictionary());
            for (int row = 0; row < batch.rowCount(); row++) {
                int sample = batch.rowSample(row);
                hashes.put(RowTexts.sample(batch, sample), hasher.hash(batch.sampleStack(sample)));
            }
        }
        return hashes;
    }

    @Test
    void refusesSenselessSettings() {
        assertThatThrownBy(() ->
                        new AggregateConfig(Duration.ZERO, Duration.ZERO, List.of(), false, 1, ByteSize.ofMebibytes(1)))
                .hasMessage("interval must be from 1ms to 24h; write 10s");
        assertThatThrownBy(() -> new AggregateConfig(
                        Duration.ofSeconds(1), Duration.ofSeconds(-1), List.of(), false, 1, ByteSize.ofMebibytes(1)))
                .hasMessageContaining("grace");
        assertThatThrownBy(() -> new AggregateConfig(
                        Duration.ofSeconds(1), Duration.ZERO, List.of(), false, 0, ByteSize.ofMebibytes(1)))
                .hasMessageContaining("max_rows");
        assertThatThrownBy(() ->
                        new AggregateConfig(Duration.ofSeconds(1), Duration.ZERO, List.of(), false, 1, new ByteSize(0)))
                .hasMessageContaining("max_bytes");
    }

    /** Remembers how it was settled. */
    private static final class RecordedReceipt implements Receipt {
        private final List<String> answers = new ArrayList<>();

        @Override
        public void delivered() {
            answers.add("delivered");
        }

        @Override
        public void dropped(String reason) {
            answers.add("dropped");
        }
    }
}
