package io.stackhouse.processor.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.opentelemetry.api.metrics.MeterProvider;
import io.opentelemetry.proto.trace.v1.Span;
import io.stackhouse.pipeline.ByteSize;
import io.stackhouse.pipeline.ComponentId;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.batch.Attributes;
import io.stackhouse.pipeline.batch.Batch;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.batch.Receipt;
import io.stackhouse.pipeline.batch.SpanBatch;
import io.stackhouse.pipeline.memory.MemoryLease;
import io.stackhouse.pipeline.otlp.ProfilesDecoder;
import io.stackhouse.pipeline.otlp.TracesDecoder;
import io.stackhouse.pipeline.testing.ManualClock;
import io.stackhouse.pipeline.testing.RandomProfiles;
import io.stackhouse.pipeline.testing.SyntheticProfiles;
import io.stackhouse.pipeline.testing.Traces;
import io.stackhouse.processor.testing.Contract;
import io.stackhouse.processor.testing.Samples;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BatchingTest {
    private final ManualClock clock = new ManualClock();
    private final List<Batch> out = new ArrayList<>();
    private final List<String> settled = new ArrayList<>();

    private static BatchConfig config(int size, long timeoutMillis, int maxSize) {
        return new BatchConfig(
                size, Duration.ofMillis(timeoutMillis), maxSize, new ByteSize(0), new ByteSize(0), List.of(), 1000);
    }

    private Batching batching(BatchConfig config) {
        Telemetry telemetry =
                new Telemetry(ComponentId.parse("batch"), MeterProvider.noop().get("test"), clock);
        return new Batching(config, out::add, telemetry);
    }

    private SpanBatch spans(String name, int count) {
        byte[] body = Traces.realistic(count).toByteArray();
        SpanBatch batch = TracesDecoder.decode(body, 1, MemoryLease.counting()).batch();
        batch.setReceipt(receipt(name));
        return batch;
    }

    private Receipt receipt(String name) {
        return new Receipt() {
            @Override
            public void delivered() {
                settled.add(name);
            }

            @Override
            public void dropped(String reason) {
                settled.add(name + " dropped");
            }
        };
    }

    private List<Integer> sizes() {
        return out.stream().map(Batch::size).toList();
    }

    @Test
    void keepsTheContractOfProcessors() {
        Contract.check(new BatchFactory(), config(8192, 0, 0));
    }

    @Test
    void sendsWhenThereAreEnoughSpans() {
        Batching batching = batching(config(10, 200, 0));
        batching.accept(spans("a", 4));
        batching.accept(spans("b", 4));
        assertThat(out).isEmpty();
        batching.accept(spans("c", 4));
        assertThat(sizes()).containsExactly(12);
        assertThat(settled).isEmpty();
        out.get(0).receipt().delivered();
        assertThat(settled).containsExactly("a", "b", "c");
    }

    @Test
    void sendsWhenTheFirstHasWaitedLongEnough() {
        Batching batching = batching(config(10, 200, 0));
        batching.tick();
        batching.accept(spans("a", 4));
        clock.advance(TimeUnit.MILLISECONDS.toNanos(150));
        batching.accept(spans("b", 4));
        batching.tick();
        assertThat(out).isEmpty();
        clock.advance(TimeUnit.MILLISECONDS.toNanos(50));
        batching.tick();
        assertThat(sizes()).containsExactly(8);
        batching.tick();
        assertThat(out).hasSize(1);
    }

    @Test
    void cutsWhatIsTooLarge() {
        Batching batching = batching(config(10, 200, 10));
        batching.accept(spans("a", 7));
        batching.accept(spans("b", 25));
        assertThat(sizes()).containsExactly(10, 10, 10);
        batching.close();
        assertThat(sizes()).containsExactly(10, 10, 10, 2);
        out.get(0).receipt().delivered();
        assertThat(settled).containsExactly("a");
        out.get(3).receipt().delivered();
        out.get(2).receipt().dropped("x");
        out.get(1).receipt().delivered();
        assertThat(settled).containsExactly("a", "b dropped");
    }

    @Test
    void sendsWhenSpansTakeEnoughBytes() {
        int two = bytes(spans("size", 2));
        Batching batching = batching(ofBytes(2L * two, 0));
        batching.accept(spans("a", 2));
        assertThat(out).isEmpty();
        batching.accept(spans("b", 2));
        assertThat(sizes()).containsExactly(4);
    }

    @Test
    void cutsWhatTakesTooManyBytesAndFillsWhatIsOpen() {
        int limit = Math.max(1024, bytes(spans("size", 10)));
        Batching batching = batching(ofBytes(0, limit));
        batching.accept(spans("a", 3));
        batching.accept(spans("b", 40));
        batching.accept(spans("c", 1));
        batching.close();
        assertThat(sizes().stream().mapToInt(Integer::intValue).sum()).isEqualTo(44);
        assertThat(out.size()).isGreaterThan(3);
        for (Batch batch : out) {
            assertThat(bytes((SpanBatch) batch)).isLessThanOrEqualTo(limit);
        }
        out.forEach(batch -> batch.receipt().delivered());
        assertThat(settled).containsExactlyInAnyOrder("a", "b", "c");
    }

    @Test
    void cutsProfilesByTheirShareOfTheRequestsBytes() {
        ProfileBatch profiles = (ProfileBatch) Contract.profiles();
        int limit = 1024;
        byte[] padded = SyntheticProfiles.request(100, SyntheticProfiles.Shape.ONE_VALUE);
        ProfileBatch large = ProfilesDecoder.forVersion(1)
                .decode(padded, 0, MemoryLease.counting())
                .batch();
        Batching batching = batching(ofBytes(0, padded.length / 4));
        batching.accept(large);
        assertThat(out.size()).isBetween(4, 5);
        assertThat(sizes().stream().mapToInt(Integer::intValue).sum()).isEqualTo(100);
        out.clear();
        Batching whole = batching(ofBytes(0, limit));
        whole.accept(profiles);
        assertThat(out).containsExactly(profiles);
    }

    private static BatchConfig ofBytes(long sendBytes, long maxBytes) {
        return new BatchConfig(
                1_000_000, Duration.ofMillis(200), 0, new ByteSize(sendBytes), new ByteSize(maxBytes), List.of(), 1000);
    }

    private static int bytes(SpanBatch batch) {
        return batch.groups().stream()
                .flatMap(group -> group.spans().stream())
                .mapToInt(Span::getSerializedSize)
                .sum();
    }

    @Test
    void bytesMustFit() {
        assertThatThrownBy(() -> ofBytes(0, 10))
                .hasMessageStartingWith("send_batch_max_bytes must be 0 or at least 1KiB and send_batch_bytes, not 10");
    }

    @Test
    void withoutATimeoutEachIsSentAtOnce() {
        Batching batching = batching(config(3, 0, 3));
        batching.accept(spans("a", 7));
        assertThat(sizes()).containsExactly(3, 3, 1);
    }

    @Test
    void piecesHaveResourcesOfTheirOwn() {
        Batching batching = batching(config(0, 200, 2));
        batching.accept(spans("a", 4));
        Attributes first = ((SpanBatch) out.get(0)).groups().get(0).resource().attributes();
        Attributes second = ((SpanBatch) out.get(1)).groups().get(0).resource().attributes();
        assertThat(first).isEqualTo(second);
        first.put("changed", 1);
        assertThat(second.contains("changed")).isFalse();
    }

    @Test
    void whatCannotBeHandedOnIsDropped() {
        Batching batching = new Batching(
                config(5, 200, 0),
                batch -> {
                    throw new IllegalStateException("the next one failed");
                },
                Telemetry.none());
        batching.accept(spans("a", 3));
        assertThatThrownBy(() -> batching.accept(spans("b", 3))).hasMessage("the next one failed");
        assertThat(settled).containsExactly("a dropped", "b dropped");
        batching.close();
    }

    /** Whatever comes: each span leaves once, in order, and each request is settled once, with its last span. */
    @Test
    void nothingIsLostAndNothingComesTwice() {
        long seed = Long.getLong("stackhouse.test.seed", 20_261_122L);
        Random random = new Random(seed);
        for (int run = 0; run < 200; run++) {
            out.clear();
            settled.clear();
            int size = random.nextInt(20);
            int max = random.nextBoolean() ? 0 : Math.max(1, size + random.nextInt(10));
            Batching batching = batching(config(size, random.nextInt(3) * 100L, max));
            List<String> sent = new ArrayList<>();
            int requests = 1 + random.nextInt(10);
            for (int i = 0; i < requests; i++) {
                SpanBatch batch = spans("r" + i, random.nextInt(30));
                batch.groups().forEach(group -> group.spans().forEach(span -> sent.add(path(span))));
                batching.accept(batch);
                clock.advance(TimeUnit.MILLISECONDS.toNanos(random.nextInt(150)));
                batching.tick();
            }
            batching.close();
            List<String> came = new ArrayList<>();
            for (Batch batch : out) {
                assertThat(batch.size()).as("seed %s", seed).isLessThanOrEqualTo(max == 0 ? Integer.MAX_VALUE : max);
                ((SpanBatch) batch).groups().forEach(group -> group.spans().forEach(span -> came.add(path(span))));
                batch.receipt().delivered();
            }
            assertThat(came).as("seed %s, run %s", seed, run).isEqualTo(sent);
            assertThat(settled)
                    .as("seed %s, run %s", seed, run)
                    .hasSize(requests)
                    .doesNotHaveDuplicates();
        }
    }

    private static String path(io.opentelemetry.proto.trace.v1.Span span) {
        return span.getSpanId() + "/" + span.getAttributes(1).getValue().getStringValue();
    }

    @Test
    void profilesPassUnlessTheyAreTooLarge() {
        ProfileBatch batch = (ProfileBatch) Contract.profiles();
        batching(config(100, 200, 0)).accept(batch);
        assertThat(out).containsExactly(batch);
    }

    @Test
    void cutsProfilesBetweenSamples() {
        long seed = Long.getLong("stackhouse.test.seed", 20_261_122L);
        Random random = new Random(seed);
        for (int run = 0; run < 300; run++) {
            out.clear();
            settled.clear();
            byte[] body = new RandomProfiles(random.nextLong()).request().toByteArray();
            ProfileBatch batch = Samples.decode(body);
            batch.setReceipt(receipt("all"));
            batching(config(1, 200, 1 + random.nextInt(6))).accept(batch);
            List<String> lines = new ArrayList<>();
            int payloads = 0;
            for (Batch part : out) {
                ProfileBatch profiles = (ProfileBatch) part;
                lines.addAll(Samples.lines(profiles));
                payloads += payloads(profiles);
                part.receipt().delivered();
            }
            assertThat(lines).as("seed %s, run %s", seed, run).isEqualTo(Samples.lines(Samples.decode(body)));
            assertThat(payloads).as("seed %s, run %s", seed, run).isEqualTo(payloads(Samples.decode(body)));
            assertThat(settled).containsExactly("all");
        }
    }

    private static int payloads(ProfileBatch batch) {
        int payloads = 0;
        for (int i = 0; i < batch.profileCount(); i++) {
            payloads += batch.profile(i).payload().format().isEmpty() ? 0 : 1;
        }
        return payloads;
    }

    @Test
    void refusesSenselessSettings() {
        assertThatThrownBy(() -> config(10, 200, 5)).hasMessageStartingWith("send_batch_max_size must be");
        assertThatThrownBy(() ->
                        new BatchConfig(1, Duration.ZERO, 0, new ByteSize(0), new ByteSize(0), List.of("tenant"), 0))
                .hasMessageStartingWith("metadata_keys is not supported");
    }
}
