package io.stackhouse.exporter.otlp;

import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import io.stackhouse.pipeline.Signal;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/** The export methods, over messages that are encoded already. Stateless; any thread. */
final class RawBytes implements MethodDescriptor.Marshaller<byte[]> {
    static final String PROFILES_VERSION_HEADER = "otlp-profiles-development-version";

    private static final MethodDescriptor<byte[], byte[]> PROFILES =
            export("opentelemetry.proto.collector.profiles.v1development.ProfilesService");
    private static final MethodDescriptor<byte[], byte[]> TRACES =
            export("opentelemetry.proto.collector.trace.v1.TraceService");

    private RawBytes() {}

    static MethodDescriptor<byte[], byte[]> method(Signal signal) {
        return signal == Signal.PROFILES ? PROFILES : TRACES;
    }

    private static MethodDescriptor<byte[], byte[]> export(String service) {
        return MethodDescriptor.<byte[], byte[]>newBuilder()
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName(MethodDescriptor.generateFullMethodName(service, "Export"))
                .setRequestMarshaller(new RawBytes())
                .setResponseMarshaller(new RawBytes())
                .build();
    }

    @Override
    public InputStream stream(byte[] message) {
        return new Stream(message);
    }

    @Override
    public byte[] parse(InputStream stream) {
        try {
            return stream.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Hands its bytes over in one piece instead of through a copy buffer. */
    private static final class Stream extends ByteArrayInputStream implements Drainable, KnownLength {
        Stream(byte[] bytes) {
            super(bytes);
        }

        @Override
        public int drainTo(OutputStream target) throws IOException {
            return (int) transferTo(target);
        }
    }
}
