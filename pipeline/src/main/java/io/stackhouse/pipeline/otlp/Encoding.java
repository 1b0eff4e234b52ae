package io.stackhouse.pipeline.otlp;

import com.google.rpc.Status;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.memory.MemoryLease;
import io.stackhouse.pipeline.otlp.json.OtlpJson;
import io.stackhouse.pipeline.otlp.json.OtlpJson.Transcoded;

/** The two ways in which OTLP/HTTP writes its messages; an answer has the encoding of its request. Stateless; any thread. */
public enum Encoding {
    PROTOBUF("application/x-protobuf") {
        @Override
        public Transcoded toProtobuf(Signal signal, int wireVersion, byte[] body, MemoryLease memory) {
            return new Transcoded(body, "");
        }

        @Override
        public byte[] exportResponse(Signal signal, long rejected, String message) {
            return rejected == 0 && message.isEmpty()
                    ? ExportResponses.success()
                    : ExportResponses.partialSuccess(rejected, message);
        }

        @Override
        public byte[] status(Status status) {
            return status.toByteArray();
        }
    },
    JSON("application/json") {
        @Override
        public Transcoded toProtobuf(Signal signal, int wireVersion, byte[] body, MemoryLease memory) {
            return OtlpJson.toProtobuf(signal, wireVersion, body, memory);
        }

        @Override
        public byte[] exportResponse(Signal signal, long rejected, String message) {
            return OtlpJson.exportResponse(signal, rejected, message);
        }

        @Override
        public byte[] status(Status status) {
            return OtlpJson.status(status);
        }
    };

    private final String contentType;

    Encoding(String contentType) {
        this.contentType = contentType;
    }

    /** The media type, without parameters. */
    public String contentType() {
        return contentType;
    }

    /**
     * A request's body as protobuf, which decoders and the journal take: the body itself, or what {@link OtlpJson#toProtobuf} makes.
     *
     * @param memory charged with what is made
     * @throws io.stackhouse.pipeline.RejectedException when it can't be read
     */
    public abstract Transcoded toProtobuf(Signal signal, int wireVersion, byte[] body, MemoryLease memory);

    /**
     * The body of an answer to an export request.
     *
     * @param rejected profiles or spans that were rejected, 0 for a warning
     * @param message what to mend; with 0 rejected and nothing to say this is full success
     */
    public abstract byte[] exportResponse(Signal signal, long rejected, String message);

    /** The body of an answer that is an error. */
    public abstract byte[] status(Status status);
}
