package io.stackhouse.receiver.otlp;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.stackhouse.pipeline.RefusedException;
import io.stackhouse.pipeline.RejectedException;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.otlp.ProfilesDecoder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One signal's {@code Export} over gRPC: checks the metadata, admits, waits for the message within a time, hands it over.
 *
 * <p>gRPC calls a listener's methods one at a time, on the receiver's workers.
 */
final class GrpcExport implements ServerCallHandler<GrpcBody, byte[]> {
    private static final Metadata.Key<String> VERSION_KEY =
            Metadata.Key.of(ProfilesVersion.HEADER, Metadata.ASCII_STRING_MARSHALLER);
    private static final ServerCall.Listener<GrpcBody> NO_LISTENER = new ServerCall.Listener<>() {};

    private final Signal signal;
    private final Intake intake;
    private final ScheduledExecutorService timer;
    private final long readTimeoutNanos;

    GrpcExport(Signal signal, Intake intake, ScheduledExecutorService timer, long readTimeoutNanos) {
        this.signal = signal;
        this.intake = intake;
        this.timer = timer;
        this.readTimeoutNanos = readTimeoutNanos;
    }

    @Override
    public ServerCall.Listener<GrpcBody> startCall(ServerCall<GrpcBody, byte[]> call, Metadata headers) {
        CallAnswer answer = new CallAnswer(call);
        Failure missing = intake.missingPipeline(signal);
        if (missing != null) {
            answer.fail(missing);
            return NO_LISTENER;
        }
        try {
            int version =
                    signal == Signal.PROFILES ? ProfilesVersion.of(values(headers)) : ProfilesDecoder.DEFAULT_VERSION;
            Exchange exchange = intake.open(signal, Transport.GRPC, answer);
            // Two, so that a second message is seen and refused.
            call.request(2);
            return new Message(exchange, version);
        } catch (RejectedException | RefusedException e) {
            answer.fail(Failure.of(e));
            return NO_LISTENER;
        }
    }

    private static List<String> values(Metadata headers) {
        List<String> values = new ArrayList<>(1);
        Iterable<String> all = headers.getAll(VERSION_KEY);
        if (all != null) {
            all.forEach(values::add);
        }
        return values;
    }

    private final class Message extends ServerCall.Listener<GrpcBody> {
        private final Exchange exchange;
        private final int version;
        private final Future<?> deadline;
        private @Nullable GrpcBody body;

        Message(Exchange exchange, int version) {
            this.exchange = exchange;
            this.version = version;
            this.deadline = timer.schedule(this::tooSlow, readTimeoutNanos, TimeUnit.NANOSECONDS);
        }

        private void tooSlow() {
            exchange.fail(new Failure(
                    Failure.Kind.SLOW_BODY,
                    "the message didn't arrive within " + TimeUnit.NANOSECONDS.toMillis(readTimeoutNanos)
                            + " ms (read_timeout)"));
        }

        @Override
        public void onMessage(GrpcBody message) {
            if (body != null) {
                exchange.fail(new Failure(Failure.Kind.BAD_REQUEST, "Export takes one message, not several"));
                return;
            }
            body = message;
        }

        @Override
        public void onHalfClose() {
            deadline.cancel(false);
            GrpcBody message = body;
            body = null;
            if (message == null) {
                exchange.fail(new Failure(Failure.Kind.BAD_REQUEST, "Export takes one message, there was none"));
            } else if (message.failure().getCode() == Status.Code.RESOURCE_EXHAUSTED) {
                exchange.fail(new Failure(
                        Failure.Kind.TOO_LARGE,
                        description(message.failure()) + " (max_recv_msg_size_mib); send less at a time"));
            } else if (!message.failure().isOk()) {
                exchange.fail(new Failure(Failure.Kind.BAD_REQUEST, description(message.failure())));
            } else {
                intake.process(exchange, version, message.bytes());
            }
        }

        @Override
        public void onCancel() {
            deadline.cancel(false);
            exchange.abandon();
        }
    }

    private static String description(Status status) {
        String description = status.getDescription();
        return description == null ? status.getCode().name() : description;
    }

    /** Closes the call with the answer. Called once, by any thread. */
    private static final class CallAnswer implements Answer {
        private final ServerCall<GrpcBody, byte[]> call;

        CallAnswer(ServerCall<GrpcBody, byte[]> call) {
            this.call = call;
        }

        @Override
        public void ok(byte[] response) {
            if (call.isCancelled()) {
                return;
            }
            call.sendHeaders(new Metadata());
            call.sendMessage(response);
            call.close(Status.OK, new Metadata());
        }

        @Override
        public void fail(Failure failure) {
            if (call.isCancelled()) {
                return;
            }
            StatusRuntimeException status = failure.grpcStatus();
            Metadata trailers = status.getTrailers();
            call.close(status.getStatus(), trailers == null ? new Metadata() : trailers);
        }
    }
}
