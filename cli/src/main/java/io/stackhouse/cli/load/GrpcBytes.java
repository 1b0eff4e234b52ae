package io.stackhouse.cli.load;

import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/** OTLP's export of profiles over gRPC, with messages as bytes. Stateless; any thread. */
final class GrpcBytes implements MethodDescriptor.Marshaller<byte[]> {

    static final String SERVICE = "opentelemetry.proto.collector.profiles.v1development.ProfilesService";

    static final MethodDescriptor<byte[], byte[]> EXPORT = MethodDescriptor.<byte[], byte[]>newBuilder()
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, "Export"))
            .setRequestMarshaller(new GrpcBytes())
            .setResponseMarshaller(new GrpcBytes())
            .build();

    private GrpcBytes() {}

    @Override
    public InputStream stream(byte[] message) {
        return new Message(message);
    }

    @Override
    public byte[] parse(InputStream stream) {
        try {
            return stream.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Hands its bytes over in one piece. */
    private static final class Message extends ByteArrayInputStream implements Drainable, KnownLength {
        Message(byte[] bytes) {
            super(bytes);
        }

        @Override
        public int drainTo(OutputStream target) throws IOException {
            return (int) transferTo(target);
        }
    }
}
