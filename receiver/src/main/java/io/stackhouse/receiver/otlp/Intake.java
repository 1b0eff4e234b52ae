package io.stackhouse.receiver.otlp;

import io.stackhouse.pipeline.Ack;
import io.stackhouse.pipeline.Clock;
import io.stackhouse.pipeline.Inlet;
import io.stackhouse.pipeline.Inlets;
import io.stackhouse.pipeline.RefusedException;
import io.stackhouse.pipeline.RejectedException;
import io.stackhouse.pipeline.Request;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.batch.Batch;
import io.stackhouse.pipeline.memory.MemoryLease;
import io.stackhouse.pipeline.otlp.ExportResponses;
import io.stackhouse.pipeline.otlp.ProfilesDecoder;
import io.stackhouse.pipeline.otlp.TracesDecoder;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens to a request whatever it came by: it is admitted, decoded, handed to its pipeline, and answered when the
 * pipeline has answered.
 *
 * <p>Any thread. When {@code maxInFlight} requests wait for their answer, more are refused.
 */
final class Intake {
    private static final Logger LOG = LoggerFactory.getLogger(Intake.class);
    private static final long RETRY_AFTER_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long LOG_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Inlets next;
    private final ReceiverMetrics metrics;
    private final Clock clock;
    private final int maxInFlight;
    private final Semaphore places;
    private final RateLimit logLimit;

    Intake(Inlets next, ReceiverMetrics metrics, Clock clock, int maxInFlight) {
        this.next = next;
        this.metrics = metrics;
        this.clock = clock;
        this.maxInFlight = maxInFlight;
        this.places = new Semaphore(maxInFlight);
        this.logLimit = new RateLimit(clock, LOG_INTERVAL_NANOS);
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

    /** Admits a request before its body is read; throws RefusedException when there are too many. */
    Exchange open(Signal signal, Transport transport, Answer answer) {
        if (!places.tryAcquire()) {
            metrics.answered(transport, ReceiverMetrics.Outcome.REFUSED);
            throw new RefusedException(
                    maxInFlight + " requests wait for their answer already (max_requests_in_flight)",
                    RETRY_AFTER_NANOS);
        }
        return new Exchange(signal, transport, answer, metrics, places::release);
    }

    /** Decodes and hands over; the answer may come before or after the return, by any thread. */
    void process(Exchange exchange, int wireVersion, byte[] body) {
        try {
            decodeAndSubmit(exchange, wireVersion, body);
        } catch (RejectedException | RefusedException e) {
            exchange.fail(Failure.of(e));
        } catch (RuntimeException e) {
            if (logLimit.tryPass()) {
                LOG.error(
                        "Failed on a {} request of {} bytes; the client is told not to send it again ({} more like this)",
                        exchange.signal().configName(),
                        body.length,
                        logLimit.takeSuppressed(),
                        e);
            }
            exchange.fail(Failure.of(e));
        } catch (Error e) {
            exchange.fail(Failure.of(e));
            throw e;
        }
    }

    private void decodeAndSubmit(Exchange exchange, int wireVersion, byte[] body) {
        Inlet inlet = next.inlet(exchange.signal());
        if (inlet == null) {
            throw new IllegalStateException("no pipeline for " + exchange.signal());
        }
        long now = clock.unixNanos();
        MemoryLease memory = MemoryLease.counting();
        if (exchange.signal() == Signal.TRACES) {
            TracesDecoder.Decoded decoded = TracesDecoder.decode(body, now, memory);
            byte[] response = response(decoded.rejectedSpans(), decoded.message());
            if (decoded.batch().size() == 0) {
                exchange.ok(response);
                return;
            }
            submit(inlet, exchange, request(exchange.signal(), 1, body, decoded.batch(), now, memory), response);
            return;
        }
        ProfilesDecoder.Decoded decoded =
                ProfilesDecoder.forVersion(wireVersion).decode(body, now, memory);
        metrics.rejectedProfiles(exchange.transport(), decoded.rejectedProfiles());
        byte[] response = response(decoded.rejectedProfiles(), decoded.message());
        if (decoded.batch().profileCount() == 0) {
            exchange.ok(response);
            return;
        }
        submit(inlet, exchange, request(exchange.signal(), wireVersion, body, decoded.batch(), now, memory), response);
    }

    private static byte[] response(long rejected, String message) {
        return rejected == 0 && message.isEmpty()
                ? ExportResponses.success()
                : ExportResponses.partialSuccess(rejected, message);
    }

    private static Request request(
            Signal signal, int wireVersion, byte[] body, Batch batch, long now, MemoryLease memory) {
        return new Request(signal, wireVersion, body, batch, now, "", body.length + memory.bytes());
    }

    private void submit(Inlet inlet, Exchange exchange, Request request, byte[] response) {
        Batch batch = request.batch();
        // Counted before the batch is given away.
        int items = batch.size();
        inlet.submit(request, new Ack() {
            @Override
            public void accepted() {
                metrics.accepted(exchange.signal(), exchange.transport(), items);
                exchange.ok(response);
            }

            @Override
            public void refused(RefusedException reason) {
                metrics.refused(exchange.signal(), exchange.transport(), items);
                exchange.fail(Failure.of(reason));
            }
        });
    }
}
