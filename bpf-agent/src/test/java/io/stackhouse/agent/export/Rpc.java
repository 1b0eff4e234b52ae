package io.stackhouse.agent.export;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import io.grpc.Metadata;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Messages of google.rpc, written by hand: their classes are not on the agent's class path. */
final class Rpc {
    private static final Metadata.Key<byte[]> DETAILS =
            Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);

    private Rpc() {}

    static Metadata trailers(byte[] status) {
        Metadata trailers = new Metadata();
        trailers.put(DETAILS, status);
        return trailers;
    }

    /** A google.rpc.Status with some other detail before the RetryInfo. */
    static byte[] statusWithRetryInfo(long seconds, int nanos) {
        byte[] duration = message(out -> {
            out.writeInt64(1, seconds);
            out.writeInt32(2, nanos);
        });
        byte[] retryInfo = message(out -> out.writeByteArray(1, duration));
        return message(out -> {
            out.writeInt32(1, 8);
            out.writeString(2, "slow down");
            out.writeByteArray(3, any("type.googleapis.com/google.rpc.DebugInfo", new byte[] {10, 1, 'x'}));
            out.writeByteArray(3, any("type.googleapis.com/google.rpc.RetryInfo", retryInfo));
        });
    }

    static byte[] any(String type, byte[] value) {
        return message(out -> {
            out.writeString(1, type);
            out.writeBytes(2, ByteString.copyFrom(value));
        });
    }

    static byte[] message(Body body) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            CodedOutputStream out = CodedOutputStream.newInstance(bytes);
            body.write(out);
            out.flush();
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    interface Body {
        void write(CodedOutputStream out) throws IOException;
    }
}
