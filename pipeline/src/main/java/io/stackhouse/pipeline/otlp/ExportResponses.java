package io.stackhouse.pipeline.otlp;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;

/** Encodes and reads the answers to export requests. The messages of all signals have the same fields. Stateless; any thread. */
public final class ExportResponses {
    private ExportResponses() {}

    /** Everything was accepted: an answer without partial success. */
    public static byte[] success() {
        return new byte[0];
    }

    /**
     * Some of it was rejected, or there is a warning.
     *
     * @param rejected profiles or spans that were rejected, 0 for a warning
     * @param message what to mend
     */
    public static byte[] partialSuccess(long rejected, String message) {
        WireWriter partial = new WireWriter(64);
        partial.int64Field(1, rejected);
        partial.stringField(2, message);
        WireWriter response = new WireWriter(64);
        response.messageField(1, partial);
        return response.toByteArray();
    }

    /**
     * What a server didn't take of a request that it answered with success.
     *
     * @param rejected profiles or spans
     * @param message what the server says about it; a warning when nothing was rejected
     */
    public record PartialSuccess(long rejected, String message) {
        /** Everything was taken, and nothing is said. */
        public boolean isWhole() {
            return rejected <= 0 && message.isEmpty();
        }
    }

    /** Reads an answer; one that can't be read, as a few servers send, counts as a warning: it was a success all the same. */
    public static PartialSuccess read(byte[] response) {
        try {
            var partial = ExportTraceServiceResponse.parseFrom(response).getPartialSuccess();
            return new PartialSuccess(partial.getRejectedSpans(), partial.getErrorMessage());
        } catch (InvalidProtocolBufferException e) {
            return new PartialSuccess(0, "its answer is no export response");
        }
    }
}
