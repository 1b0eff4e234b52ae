package io.stackhouse.pipeline.ring;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.stackhouse.pipeline.Ack;
import io.stackhouse.pipeline.Consumer;
import io.stackhouse.pipeline.RefusedException;
import io.stackhouse.pipeline.Request;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.TimedProcessor;
import io.stackhouse.pipeline.batch.Attributes;
import io.stackhouse.pipeline.batch.Batch;
import io.stackhouse.pipeline.batch.Receipt;
import io.stackhouse.pipeline.batch.Resource;
import io.stackhouse.pipeline.batch.Scope;
import io.stackhouse.pipeline.batch.SpanBatch;
import io.stackhouse.pipeline.batch.SpanBatch.SpanGroup;
import io.stackhouse.pipeline.batch.TenantAttribute;
import io.stackhouse.pipeline.log.DiskJournal;
import io.stackhouse.pipeline.log.Journal;
import io.stackhouse.pipeline.log.JournalSettings;
import io.stackhouse.pipeline.log.MemoryJournal;
import io.stackhouse.pipeline.otlp.OtlpDecoder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PipelineTest {
    private static final RingSettings RINGS =
            new RingSettings(8, 1, RingSettings.StageThreads.FUSED, WaitStrategyName.BLOCKING);

    private final AtomicInteger accepted = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final Ack ack = new Ack() {
        @Override
        public void accepted() {
            accepted.incrementAndGet();
        }

        @Override
        public void refused(RefusedException reason) {
            refused.incrementAndGet();
        }
    };

    @Test
    void runsEveryAcceptedRequestThroughItsStagesBeforeItIsClosed() {
        List<Batch> seen = Collections.synchronizedList(new ArrayList<>());
        MemoryJournal journal = new MemoryJournal(1 << 20, Telemetry.none());
        Pipeline pipeline = pipeline(journal, batch -> {
            seen.add(batch);
            batch.receipt().delivered();
        });
        pipeline.start();

        for (int i = 0; i < 1_000; i++) {
            pipeline.submit(request(), ack);
        }
        pipeline.close();

        assertThat(accepted).hasValue(1_000);
        assertThat(seen).hasSize(1_000);
        assertThat(journal.pendingBytes()).isZero();
    }

    @Test
    void putsTheRequestsTenantOnEveryResource() {
        List<Batch> seen = Collections.synchronizedList(new ArrayList<>());
        Pipeline pipeline = pipeline(new MemoryJournal(1 << 20, Telemetry.none()), batch -> {
            seen.add(batch);
            batch.receipt().delivered();
        });
        Attributes claimed = new Attributes();
        claimed.put(TenantAttribute.KEY, "somebody else");
        SpanGroup group = new SpanGroup(new Resource(claimed, ""), new Scope("", "", new Attributes(), ""), List.of());
        SpanBatch batch = new SpanBatch(List.of(group), 1);
        pipeline.start();
        pipeline.submit(new Request(Signal.TRACES, 1, new byte[1], batch, 1, "shop", 1), ack);
        pipeline.close();

        assertThat(seen).containsExactly(batch);
        assertThat(claimed.text(TenantAttribute.KEY, "")).isEqualTo("shop");
    }

    @Test
    void goesOnAfterAStageThrows() {
        AtomicInteger passed = new AtomicInteger();
        MemoryJournal journal = new MemoryJournal(1 << 20, Telemetry.none());
        AtomicInteger count = new AtomicInteger();
        Pipeline pipeline = pipeline(journal, batch -> {
            if (count.getAndIncrement() % 2 == 0) {
                throw new IllegalStateException("a stage that fails on purpose");
            }
            passed.incrementAndGet();
            batch.receipt().delivered();
        });
        pipeline.start();

        for (int i = 0; i < 10; i++) {
            pipeline.submit(request(), ack);
        }
        pipeline.close();

        assertThat(passed).hasValue(5);
        assertThat(journal.pendingBytes()).isZero();
    }

    @Test
    void refusesAtTheDoorWhileAStageIsStuckAndTakesAgainAfter() throws InterruptedException {
        CountDownLatch goOn = new CountDownLatch(1);
        CountDownLatch isStuck = new CountDownLatch(1);
        MemoryJournal journal = new MemoryJournal(100, Telemetry.none());
        Pipeline pipeline = pipeline(journal, batch -> {
            isStuck.countDown();
            await(goOn);
            batch.receipt().delivered();
        });
        pipeline.start();

        for (int i = 0; i < 50; i++) {
            pipeline.submit(request(), ack);
        }
        assertThat(isStuck.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(accepted).hasValue(10);
        assertThat(refused).hasValue(40);
        goOn.countDown();
        pipeline.close();
        assertThat(journal.pendingBytes()).isZero();
    }

    @Test
    void settlesAFannedOutBatchOnceEveryTargetHasIt() {
        List<Batch> slow = new ArrayList<>();
        AtomicInteger released = new AtomicInteger();
        SpanBatch batch = new SpanBatch(List.of(), 0);
        batch.setReceipt(new CountingReceipt(released));
        Consumer fast = taken -> taken.receipt().delivered();
        Consumer failing = taken -> {
            throw new IllegalStateException("a target that fails on purpose");
        };

        new Fanout(List.of(fast, slow::add, failing)).accept(batch);
        assertThat(released).hasValue(0);
        slow.get(0).receipt().delivered();

        assertThat(released).hasValue(1);
    }

    @Test
    void givesOnEachRequestOnceWhileItsStagesAreExchanged() {
        Set<Batch> seen = ConcurrentHashMap.newKeySet();
        MemoryJournal journal = new MemoryJournal(1 << 20, Telemetry.none());
        Ending first = new Ending(seen);
        Pipeline pipeline = pipeline(journal, first);
        pipeline.start();
        Thread sender = new Thread(() -> {
            for (int i = 0; i < 20_000; i++) {
                pipeline.submit(request(), ack);
            }
        });
        sender.start();

        Ending present = first;
        for (int i = 0; i < 500; i++) {
            Ending next = new Ending(seen);
            pipeline.exchange(List.of(new Stages(next, List.of())));
            present.end();
            present = next;
        }
        join(sender);
        pipeline.close();

        assertThat(accepted.get() + refused.get()).isEqualTo(20_000);
        assertThat(seen).hasSize(accepted.get());
        assertThat(journal.pendingBytes()).isZero();
    }

    /** A last stage that says so when a batch comes twice, or after its end. */
    private static final class Ending implements Consumer {
        private final Set<Batch> seen;
        private volatile boolean hasEnded;

        Ending(Set<Batch> seen) {
            this.seen = seen;
        }

        void end() {
            hasEnded = true;
        }

        @Override
        public void accept(Batch batch) {
            if (!hasEnded && seen.add(batch) && !hasEnded) {
                batch.receipt().delivered();
            }
        }
    }

    @Test
    void runsWhatWasReturnedThroughTheNewStagesWithABatchOfItsOwn() throws InterruptedException {
        BlockingQueue<Batch> old = new LinkedBlockingQueue<>();
        MemoryJournal journal = new MemoryJournal(1 << 20, Telemetry.none());
        Pipeline pipeline = pipeline(journal, old::add);
        pipeline.start();
        pipeline.submit(oneSpan(), ack);
        Batch taken = old.poll(10, TimeUnit.SECONDS);
        assertThat(taken).isNotNull();
        List<Batch> seen = new ArrayList<>();

        pipeline.exchange(List.of(new Stages(
                batch -> {
                    seen.add(batch);
                    batch.receipt().delivered();
                },
                List.of())));
        taken.receipt().returned("the exporter ends");
        taken.receipt().returned("and says so twice");
        assertThat(journal.pendingBytes()).isPositive();
        pipeline.redeliver();

        assertThat(seen).hasSize(1).doesNotContain(taken);
        assertThat(seen.get(0).size()).isEqualTo(1);
        assertThat(journal.pendingBytes()).isZero();
        pipeline.redeliver();
        pipeline.close();
        assertThat(seen).hasSize(1);
    }

    @Test
    void readsBackWhatWasAbsorbedAndThenReturned(@TempDir Path folder) throws InterruptedException {
        JournalSettings settings =
                new JournalSettings(1 << 20, 1 << 16, 1 << 16, JournalSettings.WhenFull.REFUSE, 0, 0);
        DiskJournal journal = DiskJournal.of(
                folder,
                settings,
                (signal, wireVersion, body, receivedUnixNanos, memory) ->
                        OtlpDecoder.decode(signal, wireVersion, body, receivedUnixNanos, memory),
                Telemetry.none());
        journal.start();
        BlockingQueue<Batch> old = new LinkedBlockingQueue<>();
        Pipeline pipeline = pipeline(journal, old::add);
        pipeline.start();
        pipeline.submit(oneSpan(), ack);
        pipeline.submit(oneSpan(), ack);
        List<Batch> taken = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            Batch batch = old.poll(10, TimeUnit.SECONDS);
            assertThat(batch).isNotNull();
            batch.receipt().absorbed();
            taken.add(batch);
        }
        assertThat(journal.pendingBytes()).isZero();
        List<Batch> seen = new ArrayList<>();
        pipeline.exchange(List.of(new Stages(
                batch -> {
                    seen.add(batch);
                    batch.receipt().delivered();
                },
                List.of())));

        taken.get(0).receipt().delivered();
        taken.get(1).receipt().returned("the exporter ends");
        pipeline.redeliver();

        assertThat(seen).hasSize(1).doesNotContainAnyElementsOf(taken);
        assertThat(seen.get(0).size()).isEqualTo(1);
        assertThat(pipeline.flow().deliveredRequests()).isEqualTo(2);
        assertThat(journal.figures().records()).isZero();
        pipeline.close();
        journal.close();
    }

    @Test
    void aSharedReceiptIsAbsorbedWhenAllPartsAre() {
        AtomicInteger absorbed = new AtomicInteger();
        Receipt whole = new Receipt() {
            @Override
            public void absorbed() {
                absorbed.incrementAndGet();
            }

            @Override
            public void delivered() {}

            @Override
            public void dropped(String reason) {}
        };
        Receipt shared = Receipt.copies(Receipt.all(List.of(whole, whole)), 3);
        shared.absorbed();
        shared.absorbed();
        assertThat(absorbed).hasValue(0);
        shared.absorbed();
        assertThat(absorbed).hasValue(2);
    }

    @Test
    void aSharedReceiptIsReturnedWhenOnePartIs() {
        List<String> calls = new ArrayList<>();
        Receipt whole = new Receipt() {
            @Override
            public void delivered() {
                calls.add("delivered");
            }

            @Override
            public void dropped(String reason) {
                calls.add("dropped " + reason);
            }

            @Override
            public void returned(String reason) {
                calls.add("returned " + reason);
            }
        };
        Receipt shared = Receipt.shared(whole, 3);
        shared.dropped("bad");
        shared.returned("end");
        assertThat(calls).isEmpty();
        shared.delivered();
        assertThat(calls).singleElement().asString().startsWith("returned ");
    }

    @Test
    void canBeClosedTwiceAndWithoutAStart() {
        Pipeline pipeline = pipeline(new MemoryJournal(1, Telemetry.none()), batch -> {});

        pipeline.close();
        pipeline.close();
    }

    @Test
    void letsAStageHandOnWhatItHoldsWhenTimeHasCome() throws InterruptedException {
        CountDownLatch handedOn = new CountDownLatch(1);
        Holding holding = new Holding(batch -> {
            batch.receipt().delivered();
            handedOn.countDown();
        });
        MemoryJournal journal = new MemoryJournal(1 << 20, Telemetry.none());
        Stages stages = new Stages(holding, List.of(holding));
        Pipeline pipeline = new Pipeline("traces/test", RINGS, journal, List.of(stages), Telemetry.none());
        pipeline.start();

        pipeline.submit(request(), ack);

        assertThat(handedOn.await(10, TimeUnit.SECONDS)).isTrue();
        pipeline.close();
        assertThat(journal.pendingBytes()).isZero();
    }

    /** Holds a batch until the second tick after it; the first one fails. */
    private static final class Holding implements TimedProcessor {
        private final Consumer next;
        private final List<Batch> held = new ArrayList<>();
        private int ticks;

        Holding(Consumer next) {
            this.next = next;
        }

        @Override
        public void start() {}

        @Override
        public void accept(Batch batch) {
            held.add(batch);
        }

        @Override
        public void tick() {
            if (held.isEmpty()) {
                return;
            }
            ticks++;
            if (ticks == 1) {
                throw new IllegalStateException("a tick that fails on purpose");
            }
            held.forEach(next::accept);
            held.clear();
        }

        @Override
        public void close() {}
    }

    private record CountingReceipt(AtomicInteger released) implements io.stackhouse.pipeline.batch.Receipt {
        @Override
        public void delivered() {
            released.incrementAndGet();
        }

        @Override
        public void dropped(String reason) {
            released.incrementAndGet();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join(TimeUnit.SECONDS.toMillis(30));
            assertThat(thread.isAlive()).isFalse();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Request oneSpan() {
        byte[] body = ExportTraceServiceRequest.newBuilder()
                .addResourceSpans(ResourceSpans.newBuilder()
                        .addScopeSpans(ScopeSpans.newBuilder()
                                .addSpans(Span.newBuilder()
                                        .setTraceId(ByteString.copyFromUtf8("0123456789abcdef"))
                                        .setSpanId(ByteString.copyFromUtf8("01234567")))))
                .build()
                .toByteArray();
        return new Request(Signal.TRACES, 1, body, new SpanBatch(List.of(), 0), 0, "", body.length);
    }

    private static Pipeline pipeline(Journal journal, Consumer head) {
        return new Pipeline("traces/test", RINGS, journal, List.of(new Stages(head, List.of())), Telemetry.none());
    }

    private static Request request() {
        return new Request(Signal.TRACES, 1, new byte[10], new SpanBatch(List.of(), 0), 0, "", 10);
    }
}
