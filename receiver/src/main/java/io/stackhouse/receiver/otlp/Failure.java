package io.stackhouse.receiver.otlp;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.rpc.BadRequest;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.stackhouse.pipeline.RefusedException;
import io.stackhouse.pipeline.RejectedException;
import io.stackhouse.pipeline.TooLargeException;
import io.stackhouse.pipeline.UnauthenticatedException;
import java.util.Locale;

/**
 * A request's failure, and the one place that says how each kind is told over gRPC and over HTTP. Immutable.
 *
 * @param kind what kind it is
 * @param message what is wrong and what would do
 * @param retryAfterNanos how long the client should wait before it sends again; 0 when it should not
 * @param challenge what to show who one is with, for {@code WWW-Authenticate}; else empty
 */
record Failure(Kind kind, String message, long retryAfterNanos, String challenge) {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    /** It goes into trailers up to three times, of which clients take 8 KiB. */
    private static final int MAX_MESSAGE_CHARS = 1_000;

    /** Kinds with their gRPC and HTTP codes. */
    enum Kind {
        /** Come back later. */
        NOT_NOW(io.grpc.Status.Code.UNAVAILABLE, 503),
        UNAUTHENTICATED(io.grpc.Status.Code.UNAUTHENTICATED, 401),
        BAD_REQUEST(io.grpc.Status.Code.INVALID_ARGUMENT, 400),
        NO_PIPELINE(io.grpc.Status.Code.UNIMPLEMENTED, 404),
        WRONG_PATH(io.grpc.Status.Code.UNIMPLEMENTED, 404),
        WRONG_METHOD(io.grpc.Status.Code.UNIMPLEMENTED, 405),
        SLOW_BODY(io.grpc.Status.Code.DEADLINE_EXCEEDED, 408),
        TOO_LARGE(io.grpc.Status.Code.RESOURCE_EXHAUSTED, 413),
        WRONG_MEDIA(io.grpc.Status.Code.INVALID_ARGUMENT, 415),
        WRONG_ENCODING(io.grpc.Status.Code.UNIMPLEMENTED, 415),
        HEADERS_TOO_LARGE(io.grpc.Status.Code.INVALID_ARGUMENT, 431),
        /** Nobody is there to be told. */
        CLIENT_GONE(io.grpc.Status.Code.CANCELLED, 499),
        INTERNAL(io.grpc.Status.Code.INTERNAL, 500);

        private final io.grpc.Status.Code grpcCode;
        private final int httpStatus;

        Kind(io.grpc.Status.Code grpcCode, int httpStatus) {
            this.grpcCode = grpcCode;
            this.httpStatus = httpStatus;
        }

        /** As in the log and in the label {@code reason}. */
        String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        io.grpc.Status.Code grpcCode() {
            return grpcCode;
        }

        int httpStatus() {
            return httpStatus;
        }
    }

    /** A client went away, or its deadline passed. */
    static final Failure CLIENT_GONE = new Failure(Kind.CLIENT_GONE, "the client has gone before its answer");

    Failure(Kind kind, String message) {
        this(kind, message, 0, "");
    }

    Failure {
        message = Sender.printable(message, MAX_MESSAGE_CHARS);
    }

    static Failure of(Throwable thrown) {
        if (thrown instanceof RefusedException refused) {
            return new Failure(Kind.NOT_NOW, text(refused), refused.retryAfterNanos(), "");
        }
        if (thrown instanceof RejectedException rejected) {
            return new Failure(Kind.BAD_REQUEST, text(rejected));
        }
        if (thrown instanceof TooLargeException tooLarge) {
            return new Failure(Kind.TOO_LARGE, text(tooLarge));
        }
        if (thrown instanceof UnauthenticatedException unknown) {
            return new Failure(Kind.UNAUTHENTICATED, text(unknown), 0, unknown.challenge());
        }
        if (thrown instanceof OutOfMemoryError) {
            return new Failure(Kind.NOT_NOW, "the collector is out of memory", NANOS_PER_SECOND, "");
        }
        return new Failure(Kind.INTERNAL, "the collector failed on this request; its log says more");
    }

    int httpStatus() {
        return kind.httpStatus;
    }

    /** Whether the client is told to send the same request again. */
    boolean mayRetry() {
        return retryAfterNanos > 0;
    }

    /** For Retry-After: seconds, rounded up, never 0 when the client should come back; else 0. */
    long retryAfterSeconds() {
        return (retryAfterNanos + NANOS_PER_SECOND - 1) / NANOS_PER_SECOND;
    }

    /** Status and trailers of a gRPC answer. */
    StatusRuntimeException grpcStatus() {
        return StatusProto.toStatusRuntimeException(status());
    }

    /** What HTTP answers have as their body. */
    Status status() {
        Status.Builder status =
                Status.newBuilder().setCode(kind.grpcCode.value()).setMessage(message);
        if (kind == Kind.BAD_REQUEST) {
            BadRequest.FieldViolation violation = BadRequest.FieldViolation.newBuilder()
                    .setDescription(message)
                    .build();
            status.addDetails(Any.pack(
                    BadRequest.newBuilder().addFieldViolations(violation).build()));
        }
        if (retryAfterNanos > 0) {
            Duration delay = Duration.newBuilder()
                    .setSeconds(retryAfterNanos / NANOS_PER_SECOND)
                    .setNanos((int) (retryAfterNanos % NANOS_PER_SECOND))
                    .build();
            status.addDetails(
                    Any.pack(RetryInfo.newBuilder().setRetryDelay(delay).build()));
        }
        return status.build();
    }

    private static String text(Throwable thrown) {
        String message = thrown.getMessage();
        return message == null ? thrown.getClass().getSimpleName() : message;
    }
}
