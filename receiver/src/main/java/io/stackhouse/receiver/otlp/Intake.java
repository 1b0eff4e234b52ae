package io.stackhouse.receiver.otlp;

import io.stackhouse.pipeline.Ack;
import io.stackhouse.pipeline.Clock;
import io.stackhouse.pipeline.Inlet;
import io.stackhouse.pipeline.Inlets;
import io.stackhouse.pipeline.RefusedException;
import io.stackhouse.pipeline.Request;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.batch.Batch;
import io.stackhouse.pipeline.memory.MemoryBudget;
import io.stackhouse.pipeline.memory.MemoryLease;
import io.stackhouse.pipeline.otlp.ExportResponses;
import io.stackhouse.pipeline.otlp.ProfilesDecoder;
import io.stackhouse.pipeline.otlp.TracesDecoder;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * What happens to a request whatever it came by: it is admitted, decoded, handed to its pipeline, and answered when the
 * pipeline has answered.
 *
 * <p>Any thread. When {@code maxInFlight} requests wait for their answer, or those that wait leave no memory, more are refused.
 */
final class Intake {
    private static final long RETRY_AFTER_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Inlets next;
    private final ReceiverMetrics metrics;
    private final Ledger ledger;
    private final Clock clock;
    private final String tenant;
    private final MemoryBudget budget;
    private final int maxInFlight;
    private final Semaphore places;

    Intake(OtlpConfig config, Inlets next, ReceiverMetrics metrics, Clock clock) {
        this.next = next;
        this.metrics = metrics;
        this.ledger = new Ledger(metrics, new RefusalLog(clock));
        this.clock = clock;
        this.tenant = config.tenant();
        this.budget = new MemoryBudget(config.bytesInFlight());
        this.maxInFlight = config.maxRequestsInFlight();
        this.places = new Semaphore(maxInFlight);
    }

    /** Memory of the requests in flight. */
    MemoryBudget budget() {
        return budget;
    }

    /** Requests admitted and not ended. */
    int requestsInFlight() {
        return maxInFlight - places.availablePermits();
    }

    int maxRequestsInFlight() {
        return maxInFlight;
    }

    /** Why the signal isn't taken at all, or null when it is. */
    @Nullable
    Failure missingPipeline(Signal signal) {
        if (next.inlet(signal) != null) {
            return null;
        }
        return new Failure(
                Failure.Kind.NO_PIPELINE,
                "no pipeline takes " + signal.configName() + " from this receiver; add it to the receivers of a "
                        + signal.configName() + " pipeline");
    }

    /** Books a request that was answered with a failure before it was admitted. */
    void turnedAway(Sender sender, Failure failure) {
        ledger.failed(sender, 0, failure, null);
    }

    /**
     * Admits a request before its body is read.
     *
     * @throws RefusedException when there are too many, or the pipeline takes none now; it is booked then, the caller only answers
     */
    Exchange open(Signal signal, Sender sender, Answer answer) {
        Inlet inlet = next.inlet(signal);
        RefusedException refused = inlet == null ? null : inlet.refusal();
        if (refused == null && !places.tryAcquire()) {
            refused = new RefusedException(
                    maxInFlight + " requests wait for their answer already (max_requests_in_flight)",
                    RETRY_AFTER_NANOS);
        }
        if (refused != null) {
            turnedAway(sender, Failure.of(refused));
            throw refused;
        }
        return new Exchange(signal, sender, answer, ledger, budget.open(), places::release);
    }

    /**
     * Decompresses a body. Called by who holds the exchange.
     *
     * @param compressed charged to the exchange's lease; given back when something else comes out
     */
    byte[] plain(Exchange exchange, Encoding encoding, byte[] compressed, int maxBytes) {
        if (encoding == Encoding.IDENTITY) {
            return compressed;
        }
        byte[] plain = Decompression.decompress(encoding, compressed, maxBytes, exchange.memory());
        exchange.memory().release(compressed.length);
        metrics.decompressed(exchange.transport(), encoding, plain.length);
        return plain;
    }

    /**
     * Decodes and hands over; the answer may come before or after the return, by any thread. Called by who holds the exchange.
     *
     * @param body the uncompressed protobuf message, charged to the exchange's lease already
     */
    void process(Exchange exchange, int wireVersion, byte[] body) {
        exchange.attempt(() -> decodeAndSubmit(exchange, wireVersion, body));
    }

    private void decodeAndSubmit(Exchange exchange, int wireVersion, byte[] body) {
        Inlet inlet = next.inlet(exchange.signal());
        if (inlet == null) {
            // It was there when the request was admitted.
            throw new RefusedException(
                    "the pipelines of " + exchange.signal().configName() + " were taken from this receiver meanwhile",
                    RETRY_AFTER_NANOS);
        }
        long now = clock.unixNanos();
        MemoryLease memory = exchange.memory();
        if (exchange.signal() == Signal.TRACES) {
            TracesDecoder.Decoded decoded = TracesDecoder.decode(body, now, memory);
            metrics.rejected(exchange.signal(), exchange.transport(), decoded.rejectedSpans());
            byte[] response = response(decoded.rejectedSpans(), decoded.message());
            if (decoded.batch().size() == 0) {
                exchange.ok(response);
                return;
            }
            submit(inlet, exchange, request(exchange, 1, body, decoded.batch(), now), response);
            return;
        }
        ProfilesDecoder.Decoded decoded =
                ProfilesDecoder.forVersion(wireVersion).decode(body, now, memory);
        metrics.rejected(exchange.signal(), exchange.transport(), decoded.rejectedProfiles());
        metrics.warned(exchange.transport(), decoded.warnings());
        byte[] response = response(decoded.rejectedProfiles(), decoded.message());
        if (decoded.batch().profileCount() == 0) {
            exchange.ok(response);
            return;
        }
        submit(inlet, exchange, request(exchange, wireVersion, body, decoded.batch(), now), response);
    }

    private static byte[] response(long rejected, String message) {
        return rejected == 0 && message.isEmpty()
                ? ExportResponses.success()
                : ExportResponses.partialSuccess(rejected, message);
    }

    private Request request(Exchange exchange, int wireVersion, byte[] body, Batch batch, long now) {
        long memoryBytes = exchange.memory().bytes();
        return new Request(exchange.signal(), wireVersion, body, batch, now, tenant, memoryBytes);
    }

    private void submit(Inlet inlet, Exchange exchange, Request request, byte[] response) {
        // Counted before the batch is given away.
        int items = request.batch().size();
        Booking booking = new Booking(exchange, items, response);
        if (!exchange.tryHold()) {
            throw new IllegalStateException("the request has ended while it was decoded");
        }
        if (exchange.isEnded()) {
            booking.refused(
                    new RefusedException("the client has gone before its request was handed over", RETRY_AFTER_NANOS));
            return;
        }
        try {
            inlet.submit(request, booking);
        } catch (RuntimeException | Error e) {
            booking.failed();
            throw e;
        }
    }

    /** Books a request's items once, whatever the pipeline does, and answers. Holds the exchange until then. */
    private final class Booking implements Ack {
        private final Exchange exchange;
        private final int items;
        private final byte[] response;
        private final AtomicBoolean isBooked = new AtomicBoolean();

        Booking(Exchange exchange, int items, byte[] response) {
            this.exchange = exchange;
            this.items = items;
            this.response = response;
        }

        @Override
        public void accepted() {
            if (isBooked.compareAndSet(false, true)) {
                metrics.accepted(exchange.signal(), exchange.transport(), items);
                exchange.ok(response);
                exchange.release();
            }
        }

        @Override
        public void refused(RefusedException reason) {
            if (isBooked.compareAndSet(false, true)) {
                metrics.refused(exchange.signal(), exchange.transport(), items);
                exchange.fail(Failure.of(reason));
                exchange.release();
            }
        }

        /** The pipeline threw: a fault of ours, answered by who catches it. */
        void failed() {
            if (isBooked.compareAndSet(false, true)) {
                metrics.failed(exchange.signal(), exchange.transport(), items);
                exchange.release();
            }
        }
    }
}
