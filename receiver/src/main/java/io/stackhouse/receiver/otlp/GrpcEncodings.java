package io.stackhouse.receiver.otlp;

import io.grpc.Codec;
import io.grpc.Decompressor;
import io.grpc.DecompressorRegistry;
import java.io.InputStream;

/** Tells gRPC which encodings are known. Decompressing itself is done later, on a worker and within the budget. Stateless. */
final class GrpcEncodings {
    private GrpcEncodings() {}

    /** All that {@link Decompression} knows; the first name of each is advertised in {@code grpc-accept-encoding}. */
    static DecompressorRegistry registry() {
        DecompressorRegistry registry = DecompressorRegistry.emptyInstance().with(Codec.Identity.NONE, false);
        for (Encoding encoding : Encoding.values()) {
            if (encoding == Encoding.IDENTITY) {
                continue;
            }
            for (String name : encoding.names()) {
                registry = registry.with(new PassingOn(name), name.equals(encoding.label()));
            }
        }
        return registry;
    }

    private record PassingOn(String getMessageEncoding) implements Decompressor {
        @Override
        public InputStream decompress(InputStream in) {
            return in;
        }
    }
}
