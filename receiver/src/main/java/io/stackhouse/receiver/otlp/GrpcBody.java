package io.stackhouse.receiver.otlp;

import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * A request message as its bytes, decompressed and not parsed, or why it can't be had.
 *
 * @param bytes empty when {@code failure} is one
 * @param failure {@link Status#OK} when the bytes are there
 */
record GrpcBody(byte[] bytes, Status failure) {
    /** Reads requests; what fails here becomes part of the message, so that the call can be closed with its true reason. */
    static final class Marshaller implements MethodDescriptor.Marshaller<GrpcBody> {
        @Override
        public InputStream stream(GrpcBody value) {
            return new ByteArrayInputStream(value.bytes());
        }

        @Override
        public GrpcBody parse(InputStream stream) {
            try {
                return new GrpcBody(stream.readAllBytes(), Status.OK);
            } catch (StatusRuntimeException e) {
                // The limit, reached while decompressing.
                return new GrpcBody(new byte[0], e.getStatus());
            } catch (IOException | UncheckedIOException e) {
                return new GrpcBody(
                        new byte[0],
                        Status.INVALID_ARGUMENT.withDescription("can't decompress the message: " + e.getMessage()));
            }
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
