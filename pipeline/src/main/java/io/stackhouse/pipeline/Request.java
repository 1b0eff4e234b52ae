package io.stackhouse.pipeline;

import io.stackhouse.pipeline.batch.Batch;

/**
 * One decoded and validated request, with the bytes it came as.
 *
 * @param signal what it carries
 * @param wireVersion the development version of the protocol that {@code body} is written in
 * @param body the uncompressed protobuf message; never changed by anyone
 * @param batch the decoded content; owned by the pipeline from {@link Inlet#submit} on
 * @param receivedUnixNanos wall time of its receipt
 */
public record Request(Signal signal, int wireVersion, byte[] body, Batch batch, long receivedUnixNanos) {}
