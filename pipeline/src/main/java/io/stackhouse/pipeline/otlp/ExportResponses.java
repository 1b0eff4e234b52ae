package io.stackhouse.pipeline.otlp;

/** Encodes the answers to export requests. The messages of all signals have the same fields. Stateless; any thread. */
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
}
