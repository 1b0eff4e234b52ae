package io.stackhouse.pipeline;

import io.stackhouse.pipeline.batch.Batch;

/**
 * One decoded and validated request, with the bytes it came as.
 *
 * @param signal what it carries
 * @param wireVersion the development version of the protocol that {@code body} is written in
 * @param body the uncompressed protobuf message, also of what came as JSON; never changed by anyone
 * @param batch the decoded content; owned by the pipeline from {@link Inlet#submit} on
 * @param receivedUnixNanos wall time of its receipt
 * @param tenant whose telemetry it is, '' when there is one tenant only
 * @param memoryBytes what body and batch take in memory, as charged while they were decoded
 */
public record Request(
        Signal signal,
        int wireVersion,
        byte[] body,
        Batch batch,
        long receivedUnixNanos,
        String tenant,
        long memoryBytes) {
    /** The same request with a batch of its own, for a pipeline that shares the request with others. */
    public Request withBatch(Batch own) {
        return new Request(signal, wireVersion, body, own, receivedUnixNanos, tenant, memoryBytes);
    }
}
