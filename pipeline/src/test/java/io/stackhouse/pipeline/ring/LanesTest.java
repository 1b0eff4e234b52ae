package io.stackhouse.pipeline.ring;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.trace.v1.Span;
import io.stackhouse.pipeline.Ack;
import io.stackhouse.pipeline.Component;
import io.stackhouse.pipeline.Consumer;
import io.stackhouse.pipeline.Processor;
import io.stackhouse.pipeline.RefusedException;
import io.stackhouse.pipeline.Request;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.batch.AttributeValue;
import io.stackhouse.pipeline.batch.Attributes;
import io.stackhouse.pipeline.batch.Batch;
import io.stackhouse.pipeline.batch.Receipt;
import io.stackhouse.pipeline.batch.Resource;
import io.stackhouse.pipeline.batch.Scope;
import io.stackhouse.pipeline.batch.SpanBatch;
import io.stackhouse.pipeline.batch.SpanBatch.SpanGroup;
import io.stackhouse.pipeline.log.MemoryJournal;
import io.stackhouse.pipeline.ring.RingSettings.StageThreads;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Pipelines with several lanes, and with stages that have threads of their own. */
class LanesTest {
    private static final int REQUESTS = 100;
    private static final Scope NO_SCOPE = new Scope("", "", new Attributes(), "");

    private final AtomicInteger accepted = new AtomicInteger();
    private final Ack ack = new Ack() {
        @Override
        public void accepted() {
            accepted.incrementAndGet();
        }

        @Override
        public void refused(RefusedException reason) {
            throw new AssertionError(reason);
        }
    };

    /** Where a lane ends: notes what comes, and settles it. */
    private static final class End implements Consumer {
        private final Map<Integer, List<Long>> seenOf;
        private final Map<Integer, Thread> threadOf = new HashMap<>();

        End(Map<Integer, List<Long>> seenOf) {
            this.seenOf = seenOf;
        }

        @Override
        public void accept(Batch batch) {
            for (SpanGroup group : ((SpanBatch) batch).groups()) {
                int resource = resource(group);
                List<Long> seen =
                        seenOf.computeIfAbsent(resource, unused -> Collections.synchronizedList(new ArrayList<>()));
                threadOf.putIfAbsent(resource, Thread.currentThread());
                assertThat(threadOf.get(resource)).isSameAs(Thread.currentThread());
                group.spans().forEach(span -> seen.add(span.getStartTimeUnixNano()));
            }
            batch.receipt().delivered();
        }
    }

    /** Hands on; fails at some batches, before or after it has handed them on. */
    private static final class Stage implements Processor {
        private final Consumer next;
        private final int failsEach;
        private int batches;
        private boolean isClosed;

        Stage(Consumer next, int failsEach) {
            this.next = next;
            this.failsEach = failsEach;
        }

        @Override
        public void start() {}

        @Override
        public void accept(Batch batch) {
            assertThat(isClosed).isFalse();
            batches++;
            boolean fails = failsEach > 0 && batches % failsEach == 0;
            if (fails && batches % 2 == 0) {
                throw new IllegalStateException("a stage that fails on purpose");
            }
            next.accept(batch);
            if (fails) {
                throw new IllegalStateException("a stage that fails on purpose, late");
            }
        }

        @Override
        public void close() {
            isClosed = true;
        }
    }

    /** A pipeline and its parts, which it starts and closes in their order. */
    private static final class Line implements AutoCloseable {
        final MemoryJournal journal = new MemoryJournal(1L << 30, Telemetry.none());
        final Pipeline pipeline;
        private final List<Component> downstreamFirst = new ArrayList<>();

        Line(RingSettings settings, List<? extends Consumer> ends, int stages, int failsEach) {
            List<Stages> lanes = new ArrayList<>();
            for (int lane = 0; lane < settings.laneCount(); lane++) {
                StagesBuilder builder = new StagesBuilder(lane, settings, ends.get(lane), Telemetry.none());
                for (int i = stages - 1; i >= 0; i--) {
                    Processor stage = new Stage(builder.next(), i == 1 ? failsEach : 0);
                    downstreamFirst.addAll(builder.takeHandOffs());
                    builder.add("stage" + i, stage);
                    downstreamFirst.add(stage);
                }
                lanes.add(builder.build(origin -> false));
            }
            pipeline = new Pipeline("traces/test", settings, journal, lanes, Telemetry.none());
            downstreamFirst.add(pipeline);
            downstreamFirst.forEach(Component::start);
        }

        @Override
        public void close() {
            for (int i = downstreamFirst.size() - 1; i >= 0; i--) {
                downstreamFirst.get(i).close();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(WaitStrategyName.class)
    void keepsEachResourceInOneLaneAndInOrderAndLosesNothing(WaitStrategyName waiting) {
        for (StageThreads threads : StageThreads.values()) {
            for (int lanes : new int[] {1, 3}) {
                Map<Integer, List<Long>> seen = new ConcurrentHashMap<>();
                List<End> ends = new ArrayList<>();
                for (int i = 0; i < lanes; i++) {
                    ends.add(new End(seen));
                }
                Map<Integer, List<Long>> sent = new HashMap<>();
                Random random = new Random(lanes);
                Line line = new Line(new RingSettings(4, lanes, threads, waiting), ends, 3, 0);
                for (int i = 0; i < REQUESTS; i++) {
                    line.pipeline.submit(request(random, i, sent), ack);
                }
                line.close();

                assertThat(seen).isEqualTo(sent);
                assertThat(line.journal.pendingBytes()).isZero();
            }
        }
        assertThat(accepted).hasValue(2 * 2 * REQUESTS);
    }

    @Test
    void settlesEachRequestOnceWhateverFailsInWhichLane() {
        long seed = System.nanoTime();
        System.out.println("LanesTest seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 20; round++) {
            int lanes = 1 + random.nextInt(4);
            StageThreads threads = random.nextBoolean() ? StageThreads.FUSED : StageThreads.SPLIT;
            int failsEach = 1 + random.nextInt(9);
            int size = 2 << random.nextInt(4);
            List<End> ends = new ArrayList<>();
            for (int i = 0; i < lanes; i++) {
                ends.add(new End(new ConcurrentHashMap<>()));
            }
            int requests = 200;
            Line line = new Line(
                    new RingSettings(size, lanes, threads, WaitStrategyName.BLOCKING),
                    ends,
                    1 + random.nextInt(4),
                    failsEach);
            for (int i = 0; i < requests; i++) {
                line.pipeline.submit(request(random, i, new HashMap<>()), ack);
            }
            line.close();

            String which = "seed " + seed + ", round " + round;
            assertThat(line.journal.pendingBytes()).as(which).isZero();
            var flow = line.pipeline.flow();
            assertThat(flow.deliveredRequests() + flow.droppedRequests())
                    .as(which)
                    .isEqualTo(requests);
        }
    }

    @Test
    void keepsARequestUntilItsLastLaneHasSettledItEvenWhenAnotherSettlesTwice() throws InterruptedException {
        CountDownLatch goOn = new CountDownLatch(1);
        CountDownLatch bothAreThere = new CountDownLatch(2);
        Consumer twice = batch -> {
            batch.receipt().delivered();
            batch.receipt().dropped("a stage fails after it has handed on");
            bothAreThere.countDown();
        };
        Consumer slow = batch -> {
            bothAreThere.countDown();
            await(goOn);
            batch.receipt().delivered();
        };
        LaneSplit split = new LaneSplit(2);
        Line line = new Line(settings(2), List.of(twice, slow), 1, 0);
        line.pipeline.submit(
                new Request(Signal.TRACES, 1, new byte[10], batch(inLane(split, 0), inLane(split, 1)), 0, "", 10), ack);

        assertThat(bothAreThere.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(line.journal.pendingBytes()).isEqualTo(10);
        goOn.countDown();
        line.close();
        assertThat(line.journal.pendingBytes()).isZero();
    }

    @Test
    void goesOnInTheOtherLanesWhileOneIsStuckUntilItsRingIsFullAndEndsInTime() {
        CountDownLatch never = new CountDownLatch(1);
        AtomicInteger passed = new AtomicInteger();
        Consumer stuck = batch -> await(never);
        Consumer good = batch -> {
            passed.incrementAndGet();
            batch.receipt().delivered();
        };
        LaneSplit split = new LaneSplit(2);
        Line line = new Line(settings(2), List.of(stuck, good), 1, 0);
        for (int lane : new int[] {0, 1, 1, 1}) {
            line.pipeline.submit(
                    new Request(Signal.TRACES, 1, new byte[10], batch(inLane(split, lane)), 0, "", 10), ack);
        }
        long start = System.nanoTime();
        line.close();

        assertThat(passed).hasValue(3);
        assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(9));
        assertThat(line.journal.pendingBytes()).isEqualTo(10);
    }

    @Test
    void aHandOffReturnsWhatComesAfterItsEnd() {
        List<String> calls = new ArrayList<>();
        RingSettings settings = new RingSettings(2, 1, StageThreads.SPLIT, WaitStrategyName.BLOCKING);
        StagesBuilder builder = new StagesBuilder(0, settings, batch -> calls.add("run"), Telemetry.none());
        builder.add("last", new Stage(builder.next(), 0));
        Consumer before = builder.next();
        Component handOff = builder.takeHandOffs().get(0);
        handOff.start();
        handOff.close();
        handOff.close();
        SpanBatch late = batch(0);
        late.setReceipt(new Receipt() {
            @Override
            public void delivered() {
                calls.add("delivered");
            }

            @Override
            public void dropped(String reason) {
                calls.add("dropped");
            }

            @Override
            public void returned(String reason) {
                calls.add("returned");
            }
        });

        before.accept(late);

        assertThat(calls).containsExactly("returned");
    }

    @Test
    void theOrderOfAttributesDoesNotChooseTheLane() {
        LaneSplit split = new LaneSplit(16);
        Random random = new Random(7);
        for (int i = 0; i < 200; i++) {
            Attributes one = new Attributes();
            Attributes other = new Attributes();
            List<String> keys = new ArrayList<>(List.of("service.name", "host.name", "process.pid", "k8s.pod.uid"));
            int number = i;
            keys.forEach(key -> one.put(key, AttributeValue.of(key + number)));
            Collections.shuffle(keys, random);
            keys.forEach(key -> other.put(key, AttributeValue.of(key + number)));
            assertThat(split.lane(new Resource(one, ""))).isEqualTo(split.lane(new Resource(other, "")));
        }
    }

    @Test
    void spreadsResourcesEvenly() {
        int[] counts = new int[4];
        LaneSplit split = new LaneSplit(4);
        for (int i = 0; i < 4_000; i++) {
            counts[split.lane(resource(i))]++;
        }
        for (int count : counts) {
            assertThat(count).isBetween(850, 1_150);
        }
    }

    @Test
    void picksLanesByTheMachineUnlessToldHowMany() {
        RingSettings unasked = settings(0);
        assertThat(unasked.laneCount(1)).isEqualTo(1);
        assertThat(unasked.laneCount(2)).isEqualTo(1);
        assertThat(unasked.laneCount(32)).isEqualTo(2);
        assertThat(unasked.laneCount(64)).isEqualTo(4);
        assertThat(unasked.laneCount(256)).isEqualTo(4);
        assertThat(settings(3).laneCount(1)).isEqualTo(3);
    }

    private static RingSettings settings(int lanes) {
        return new RingSettings(8, lanes, StageThreads.FUSED, WaitStrategyName.BLOCKING);
    }

    /** A request of one to four resources; what it holds is added to {@code sent}. */
    private static Request request(Random random, long number, Map<Integer, List<Long>> sent) {
        int[] resources = new int[1 + random.nextInt(4)];
        for (int i = 0; i < resources.length; i++) {
            resources[i] = 10 * i + random.nextInt(10);
            sent.computeIfAbsent(resources[i], unused -> new ArrayList<>()).add(number);
        }
        SpanBatch batch = batch(number, resources);
        return new Request(Signal.TRACES, 1, new byte[10], batch, 0, "", 10);
    }

    private static int inLane(LaneSplit split, int lane) {
        int resource = 0;
        while (split.lane(resource(resource)) != lane) {
            resource++;
        }
        return resource;
    }

    private static SpanBatch batch(int... resources) {
        return batch(0, resources);
    }

    private static SpanBatch batch(long number, int[] resources) {
        List<SpanGroup> groups = new ArrayList<>();
        for (int resource : resources) {
            Span span = Span.newBuilder()
                    .setTraceId(ByteString.copyFromUtf8("0123456789abcdef"))
                    .setStartTimeUnixNano(number)
                    .build();
            groups.add(new SpanGroup(resource(resource), NO_SCOPE, List.of(span)));
        }
        return new SpanBatch(groups, 0);
    }

    private static Resource resource(int number) {
        Attributes attributes = new Attributes();
        attributes.put("service.name", "service");
        attributes.put("number", number);
        return new Resource(attributes, "");
    }

    private static int resource(SpanGroup group) {
        Attributes attributes = group.resource().attributes();
        return (int) ((AttributeValue.LongValue) attributes.get("number")).value();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
