package io.stackhouse.pipeline.otlp;

import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.batch.Batch;
import io.stackhouse.pipeline.memory.MemoryLease;

/** Decodes a request that was accepted before, of either signal. Stateless; any thread. */
public final class OtlpDecoder {
    private OtlpDecoder() {}

    /**
     * The batch of a body.
     *
     * @param memory charged with what the batch takes
     * @throws io.stackhouse.pipeline.RejectedException when the body can't be decoded
     */
    public static Batch decode(
            Signal signal, int wireVersion, byte[] body, long receivedUnixNanos, MemoryLease memory) {
        return signal == Signal.PROFILES
                ? ProfilesDecoder.forVersion(wireVersion)
                        .decode(body, receivedUnixNanos, memory)
                        .batch()
                : TracesDecoder.decode(body, receivedUnixNanos, memory).batch();
    }
}
