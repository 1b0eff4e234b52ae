package io.stackhouse.exporter.otlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stackhouse.exporter.delivery.RetryOnFailure;
import io.stackhouse.exporter.otlp.SendingQueue.Sizer;
import io.stackhouse.exporter.testing.ReadmeTables;
import io.stackhouse.exporter.testing.RecordingMeter;
import io.stackhouse.exporter.testing.RecordingReceipt;
import io.stackhouse.pipeline.Clock;
import io.stackhouse.pipeline.ComponentId;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.batch.Batch;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.memory.MemoryLease;
import io.stackhouse.pipeline.otlp.ExportResponses.PartialSuccess;
import io.stackhouse.pipeline.otlp.OtlpDecoder;
import io.stackhouse.pipeline.otlp.OtlpEncoder;
import io.stackhouse.pipeline.otlp.ProfileHeading;
import io.stackhouse.pipeline.otlp.ProfilesEncoder;
import io.stackhouse.pipeline.testing.Traces;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OtlpExporterTest {
    private static final Answer TAKEN = new Answer.Taken(new PartialSuccess(0, ""));
    private static final Answer LATER = new Answer.Failed(true, 0, "not now");
    private static final Answer NEVER = new Answer.Failed(false, 0, "never");
    private static final RetryOnFailure QUICK =
            new RetryOnFailure(true, Duration.ofNanos(1000), 0, 1, Duration.ofNanos(1000), Duration.ZERO);
    private static final SendingQueue ONE = new SendingQueue(true, 1, 2, Sizer.REQUESTS, true);

    private final RecordingMeter meter = new RecordingMeter();
    private final ScriptedTransport transport = new ScriptedTransport();
    private OtlpExporter exporter;

    /** Gives the answers that it is told, then takes everything; waits where it is told to. */
    private static final class ScriptedTransport implements Transport {
        final Queue<Answer> answers = new ArrayDeque<>();
        final BlockingQueue<byte[]> sent = new LinkedBlockingQueue<>();
        final java.util.concurrent.Semaphore permits = new java.util.concurrent.Semaphore(Integer.MAX_VALUE);
        volatile boolean isClosed;

        @Override
        public Answer send(Signal signal, byte[] request) throws InterruptedException {
            sent.add(request);
            permits.acquire();
            Answer next = answers.poll();
            return next == null ? TAKEN : next;
        }

        @Override
        public void close() {
            isClosed = true;
        }
    }

    private OtlpExporter started(SendingQueue queue, RetryOnFailure retry, long maxRequestBytes, Answer... answers) {
        transport.answers.addAll(Arrays.asList(answers));
        Telemetry telemetry = new Telemetry(ComponentId.parse("otlp"), meter.meter(), Clock.system());
        exporter = new OtlpExporter(
                new OtlpExporter.Settings("next:4317", maxRequestBytes, retry, queue),
                () -> transport,
                telemetry,
                Duration.ofMillis(50));
        exporter.start();
        return exporter;
    }

    private RecordingReceipt accept(Batch batch) {
        RecordingReceipt receipt = new RecordingReceipt();
        batch.setReceipt(receipt);
        exporter.accept(batch);
        return receipt;
    }

    @AfterEach
    void close() {
        if (exporter != null) {
            exporter.close();
            exporter.close();
            assertThat(transport.isClosed).isTrue();
        }
    }

    static Batch spans(int count) {
        byte[] body = Traces.realistic(count).toByteArray();
        return OtlpDecoder.decode(Signal.TRACES, 1, body, 7, MemoryLease.counting());
    }

    static Batch profiles(int rows) {
        ProfilesEncoder encoder = new ProfilesEncoder();
        encoder.beginResource();
        encoder.beginScope("s", "1");
        encoder.beginProfile(new ProfileHeading("cpu", "nanoseconds", "cpu", "nanoseconds", 1, 1, 1, new byte[0]));
        for (int i = 0; i < rows; i++) {
            encoder.sample(0, new int[0], 0, 0, i + 1);
        }
        return OtlpDecoder.decode(Signal.PROFILES, 1, encoder.toByteArray(), 7, MemoryLease.counting());
    }

    private static void assertSettled(RecordingReceipt receipt, String start) {
        await().atMost(Duration.ofSeconds(10)).until(() -> !receipt.calls.isEmpty());
        assertThat(receipt.calls).singleElement().asString().startsWith(start);
    }

    @Test
    void sendsTheSameBytesUntilTheyAreTaken() throws InterruptedException {
        started(ONE, QUICK, 1 << 20, LATER, LATER);
        assertSettled(accept(spans(3)), RecordingReceipt.DELIVERED);
        byte[] first = transport.sent.poll(10, TimeUnit.SECONDS);
        assertThat(transport.sent.poll()).isEqualTo(first);
        assertThat(transport.sent.poll()).isEqualTo(first);
        assertThat(meter.sum("otelcol_exporter_sent_spans")).isEqualTo(3);
        assertThat(meter.sum("stackhouse_exporter_retries")).isEqualTo(2);
        assertThat(meter.sum("otelcol_exporter_send_failed_spans")).isZero();
    }

    @Test
    void dropsWhatWillNeverBeTaken() {
        started(ONE, QUICK, 1 << 20, NEVER);
        assertSettled(accept(profiles(5)), "it will never be taken: never");
        assertThat(meter.sum("otelcol_exporter_send_failed_profile_samples")).isEqualTo(5);
        assertSettled(accept(profiles(2)), RecordingReceipt.DELIVERED);
        assertThat(transport.sent).hasSize(2);
    }

    @Test
    void sendsWhatIsTooLargeInSeveralRequests() throws Exception {
        Batch batch = profiles(300);
        int whole = OtlpEncoder.encode(batch).length;
        started(ONE, QUICK, whole / 3, LATER);
        assertSettled(accept(batch), RecordingReceipt.DELIVERED);
        long sum = 0;
        for (byte[] request : transport.sent) {
            assertThat(request.length).isLessThanOrEqualTo(whole / 3);
        }
        // The first was sent twice.
        transport.sent.remove();
        for (byte[] request : transport.sent) {
            ProfileBatch part =
                    (ProfileBatch) OtlpDecoder.decode(Signal.PROFILES, 1, request, 7, MemoryLease.counting());
            for (int row = 0; row < part.rowCount(); row++) {
                sum += part.rowValue(row);
            }
        }
        assertThat(sum).isEqualTo(300 * 301 / 2);
        assertThat(meter.sum("otelcol_exporter_sent_profile_samples")).isEqualTo(300);
    }

    @Test
    void sendsManySpansInSeveralRequests() {
        Batch batch = spans(50);
        int whole = OtlpEncoder.encode(batch).length;
        started(ONE, QUICK, whole / 4);
        assertSettled(accept(batch), RecordingReceipt.DELIVERED);
        assertThat(transport.sent.size()).isGreaterThanOrEqualTo(4);
        assertThat(meter.sum("otelcol_exporter_sent_spans")).isEqualTo(50);
    }

    @Test
    void returnsAllPartsWhenItIsClosedAtTheFirst() throws Exception {
        Batch batch = spans(50);
        int whole = OtlpEncoder.encode(batch).length;
        transport.permits.drainPermits();
        started(ONE, QUICK, whole / 4);
        RecordingReceipt receipt = accept(batch);
        assertThat(transport.sent.poll(10, TimeUnit.SECONDS)).isNotNull();
        exporter.close();
        assertSettled(receipt, "returned: ");
        transport.permits.release(1_000);
    }

    @Test
    void dropsAtOnceWhenRetriesAreOff() {
        RetryOnFailure off =
                new RetryOnFailure(false, QUICK.initialInterval(), 0, 1, QUICK.maxInterval(), QUICK.maxElapsedTime());
        started(ONE, off, 1 << 20, LATER);
        assertSettled(accept(spans(1)), "retry_on_failure is off: not now");
    }

    @Test
    void dropsWhenTimeIsUp() {
        RetryOnFailure brief =
                new RetryOnFailure(true, QUICK.initialInterval(), 0, 1, QUICK.maxInterval(), Duration.ofNanos(1));
        started(ONE, brief, 1 << 20, LATER);
        assertSettled(accept(spans(1)), "max_elapsed_time (PT0.000000001S) is over: not now");
    }

    @Test
    void dropsSingleSpansThatAreLargerThanARequestMayBe() {
        started(ONE, QUICK, 10);
        assertSettled(accept(spans(3)), "it has ");
        assertThat(transport.sent).isEmpty();
        assertThat(meter.sum("otelcol_exporter_send_failed_spans")).isEqualTo(3);
    }

    @Test
    void partialSuccessIsCountedAndNeverSentAgain() {
        started(ONE, QUICK, 1 << 20, new Answer.Taken(new PartialSuccess(2, "two are odd")));
        assertSettled(accept(spans(5)), RecordingReceipt.DELIVERED);
        assertThat(transport.sent).hasSize(1);
        assertThat(meter.sum("otelcol_exporter_sent_spans")).isEqualTo(3);
        assertThat(meter.sum("otelcol_exporter_send_failed_spans")).isEqualTo(2);
    }

    @Test
    void rejectedProfilesAreCountedAsProfiles() {
        started(ONE, QUICK, 1 << 20, new Answer.Taken(new PartialSuccess(1, "it is odd")));
        assertSettled(accept(profiles(4)), RecordingReceipt.DELIVERED);
        assertThat(meter.sum("stackhouse_exporter_rejected_profiles")).isEqualTo(1);
        assertThat(meter.sum("otelcol_exporter_send_failed_profile_samples"))
                .as("it was the only one")
                .isEqualTo(4);
        assertThat(meter.sum("otelcol_exporter_sent_profile_samples")).isZero();
    }

    @Test
    void aFullQueueHoldsReceiptsOpen() {
        transport.permits.drainPermits();
        started(ONE, QUICK, 1 << 20);
        RecordingReceipt[] receipts = new RecordingReceipt[6];
        for (int i = 0; i < receipts.length; i++) {
            receipts[i] = accept(spans(1));
        }
        assertThat(receipts).allMatch(receipt -> receipt.calls.isEmpty());
        transport.permits.release(receipts.length);
        for (RecordingReceipt receipt : receipts) {
            assertSettled(receipt, RecordingReceipt.DELIVERED);
        }
    }

    @Test
    void aFullQueueDropsWhenItIsToldTo() throws InterruptedException {
        transport.permits.drainPermits();
        started(new SendingQueue(true, 1, 10, Sizer.ITEMS, false), QUICK, 1 << 20);
        RecordingReceipt sending = accept(spans(8));
        assertThat(transport.sent.poll(10, TimeUnit.SECONDS)).isNotNull();
        RecordingReceipt waiting = accept(spans(8));
        RecordingReceipt dropped = accept(spans(3));
        assertThat(dropped.calls).singleElement().asString().startsWith("the queue is full");
        assertThat(meter.sum("otelcol_exporter_enqueue_failed_spans")).isEqualTo(3);
        transport.permits.release(2);
        assertSettled(sending, RecordingReceipt.DELIVERED);
        assertSettled(waiting, RecordingReceipt.DELIVERED);
    }

    @Test
    void whatCouldNotBeSentBeforeTheEndGoesBackToTheJournal() throws InterruptedException {
        transport.permits.drainPermits();
        started(ONE, QUICK, 1 << 20);
        RecordingReceipt sending = accept(spans(1));
        assertThat(transport.sent.poll(10, TimeUnit.SECONDS)).isNotNull();
        RecordingReceipt waiting = accept(spans(1));
        exporter.close();
        for (RecordingReceipt receipt : List.of(sending, waiting, accept(spans(1)))) {
            assertThat(receipt.calls)
                    .singleElement()
                    .asString()
                    .startsWith("returned: the exporter was closed before the next hop took it");
        }
        assertThat(meter.sum("otelcol_exporter_in_flight_requests")).isZero();
    }

    @Test
    void aTransportThatThrowsCostsOneBatch() {
        started(ONE, QUICK, 1 << 20, new Answer.Failed(false, 0, "")); // its message is empty
        assertSettled(accept(spans(1)), "it will never be taken");
        transport.answers.clear();
        assertSettled(accept(spans(1)), RecordingReceipt.DELIVERED);
    }

    @Test
    void sendsSeveralAtOnce() throws InterruptedException {
        transport.permits.drainPermits();
        started(new SendingQueue(true, 3, 10, Sizer.REQUESTS, true), QUICK, 1 << 20);
        for (int i = 0; i < 3; i++) {
            RecordingReceipt unused = accept(spans(1));
        }
        for (int i = 0; i < 3; i++) {
            assertThat(transport.sent.poll(10, TimeUnit.SECONDS)).isNotNull();
        }
        transport.permits.release(3);
    }

    @Test
    void everyMetricStandsInTheReadme() throws Exception {
        started(ONE, QUICK, 1 << 20);
        assertThat(ReadmeTables.firstColumn("Metrics of `otlp_grpc` and `otlp_http`"))
                .containsExactlyInAnyOrderElementsOf(meter.sums.keySet());
    }
}
