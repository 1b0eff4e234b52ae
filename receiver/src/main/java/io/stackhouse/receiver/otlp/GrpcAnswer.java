package io.stackhouse.receiver.otlp;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;

/** Closes a call with its answer. Called once, by any thread. */
final class GrpcAnswer implements Answer {
    private static final Metadata.Key<String> CHALLENGE =
            Metadata.Key.of("www-authenticate", Metadata.ASCII_STRING_MARSHALLER);

    private final ServerCall<GrpcBody, byte[]> call;
    private final GrpcStream stream;
    private final Duration writeTimeout;
    private final EventExecutor timer;
    private final HttpMetrics metrics;

    GrpcAnswer(
            ServerCall<GrpcBody, byte[]> call,
            GrpcStream stream,
            Duration writeTimeout,
            EventExecutor timer,
            HttpMetrics metrics) {
        this.call = call;
        this.stream = stream;
        this.writeTimeout = writeTimeout;
        this.timer = timer;
        this.metrics = metrics;
    }

    @Override
    public void ok(byte[] response) {
        if (call.isCancelled()) {
            return;
        }
        call.sendHeaders(new Metadata());
        call.sendMessage(response);
        call.close(Status.OK, new Metadata());
        given();
    }

    @Override
    public void fail(Failure failure) {
        if (call.isCancelled()) {
            return;
        }
        StatusRuntimeException status = failure.grpcStatus();
        Metadata trailers = status.getTrailers();
        if (trailers == null) {
            trailers = new Metadata();
        }
        if (!failure.challenge().isEmpty()) {
            trailers.put(CHALLENGE, failure.challenge());
        }
        call.close(status.getStatus(), trailers);
        given();
    }

    private void given() {
        stream.answered(timer, writeTimeout, () -> metrics.stopped(HttpLimit.WRITE_TIMEOUT));
    }
}
