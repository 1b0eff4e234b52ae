package io.stackhouse.pipeline.log;

import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.batch.Batch;
import io.stackhouse.pipeline.memory.MemoryLease;

/** Decodes the body of a request that was read back from a journal. Any thread. */
@FunctionalInterface
public interface BatchDecoder {
    /** Throws RejectedException when the body can't be decoded any more. */
    Batch decode(Signal signal, int wireVersion, byte[] body, long receivedUnixNanos, MemoryLease memory);
}
