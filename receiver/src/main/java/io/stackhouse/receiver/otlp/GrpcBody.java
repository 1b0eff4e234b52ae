package io.stackhouse.receiver.otlp;

import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import io.stackhouse.pipeline.RefusedException;
import io.stackhouse.pipeline.RejectedException;
import io.stackhouse.pipeline.TooLargeException;
import io.stackhouse.pipeline.memory.MemoryLease;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * A request message as its bytes, decompressed and not parsed, or why it can't be had.
 *
 * @param bytes charged to the exchange's lease; empty when {@code failure} is one
 * @param failure null when the bytes are there
 */
record GrpcBody(byte[] bytes, @Nullable Failure failure) {
    /** Reads requests; what fails here becomes part of the message, so that the call can be closed with its true reason. */
    static final class Marshaller implements MethodDescriptor.Marshaller<GrpcBody> {
        private final Intake intake;

        Marshaller(Intake intake) {
            this.intake = intake;
        }

        @Override
        public InputStream stream(GrpcBody value) {
            return new ByteArrayInputStream(value.bytes());
        }

        @Override
        public GrpcBody parse(InputStream stream) {
            GrpcStream call = GrpcStream.current();
            Exchange exchange = call.exchange();
            if (exchange == null || !exchange.tryHold()) {
                return failed(Failure.CLIENT_GONE);
            }
            try {
                return read(stream, call, exchange);
            } catch (RefusedException | RejectedException | TooLargeException | OutOfMemoryError e) {
                return failed(Failure.of(e));
            } catch (IOException e) {
                return failed(Failure.of(new RejectedException("the message can't be read: " + e.getMessage(), e)));
            } finally {
                exchange.release();
            }
        }

        private GrpcBody read(InputStream stream, GrpcStream call, Exchange exchange) throws IOException {
            if (exchange.isEnded()) {
                return failed(Failure.CLIENT_GONE);
            }
            MemoryLease memory = exchange.memory();
            // gRPC hides what it takes for decompressed, which is what GrpcEncodings passes on, in a stream of its own.
            boolean isCompressed = !(stream instanceof KnownLength);
            long wireBytes = call.wireBytes();
            int expected = isCompressed ? (int) Math.min(wireBytes, call.maxMessageBytes()) : stream.available();
            BodyBuffer body = new BodyBuffer(call.maxMessageBytes(), expected, memory);
            body.addAll(stream);
            byte[] bytes = body.toByteArray();
            memory.release(Math.min(wireBytes, bytes.length));
            Encoding encoding = isCompressed ? Encoding.of(call.encoding()) : Encoding.IDENTITY;
            if (encoding == null || encoding == Encoding.IDENTITY) {
                return new GrpcBody(bytes, null);
            }
            byte[] plain = intake.plain(exchange, encoding, bytes, call.maxMessageBytes());
            return new GrpcBody(plain, null);
        }

        private static GrpcBody failed(Failure failure) {
            return new GrpcBody(new byte[0], failure);
        }
    }

    /** Writes answers that are encoded already. */
    static final class AnswerMarshaller implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
