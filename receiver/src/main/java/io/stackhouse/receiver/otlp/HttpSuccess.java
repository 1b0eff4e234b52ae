package io.stackhouse.receiver.otlp;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.collector.trace.v1.ExportTracePartialSuccess;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.stackhouse.pipeline.otlp.ExportResponses;

/**
 * What a success tells. Immutable.
 *
 * @param rejected profiles or spans that were rejected
 * @param message what to mend, empty for nothing; cut so that no answer comes near the 4 MiB that a client takes
 */
record HttpSuccess(long rejected, String message) {
    /** In JSON a char takes 6 bytes at most. */
    private static final int MAX_MESSAGE_CHARS = 64 * 1024;

    private static final String CUT = " …";

    HttpSuccess {
        if (message.length() > MAX_MESSAGE_CHARS) {
            int end = MAX_MESSAGE_CHARS - CUT.length();
            message = message.substring(0, Character.isHighSurrogate(message.charAt(end - 1)) ? end - 1 : end) + CUT;
        }
    }

    /**
     * Reads an answer.
     *
     * @param response of any signal: all have the same fields
     * @param warning to be told besides; empty for none
     */
    static HttpSuccess of(byte[] response, String warning) {
        if (response.length == 0) {
            return new HttpSuccess(0, warning);
        }
        try {
            ExportTracePartialSuccess partial =
                    ExportTraceServiceResponse.parseFrom(response).getPartialSuccess();
            String message = partial.getErrorMessage();
            return new HttpSuccess(
                    partial.getRejectedSpans(),
                    message.isEmpty() || warning.isEmpty() ? message + warning : message + "; " + warning);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("an answer of our own can't be read", e);
        }
    }

    byte[] toProtobuf() {
        return rejected == 0 && message.isEmpty()
                ? ExportResponses.success()
                : ExportResponses.partialSuccess(rejected, message);
    }
}
