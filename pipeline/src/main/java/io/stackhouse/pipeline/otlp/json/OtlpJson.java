package io.stackhouse.pipeline.otlp.json;

import com.google.rpc.Status;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.memory.MemoryLease;

/**
 * OTLP's JSON (specification, "JSON Protobuf Encoding"): requests to protobuf, answers from it. Stateless; any thread.
 *
 * <p>What comes of odd documents stands in the README of this module.
 */
public final class OtlpJson {
    private OtlpJson() {}

    /**
     * A request as protobuf.
     *
     * <p>It is at most 4 times as long as the JSON: the worst is a list of fixed64 numbers of one digit, where {@code 1,} becomes 8
     * bytes. While it is made, at most 8 times the JSON is charged; when this returns, what is returned.
     *
     * @param wireVersion of the profiles protocol; traces have none
     * @param json the uncompressed body; not changed, not kept
     * @param memory charged before anything that grows with the request is allocated
     * @throws io.stackhouse.pipeline.RejectedException when the body isn't such a request; the message names the place, and quotes no value
     * @throws io.stackhouse.pipeline.RefusedException when there is no memory for it now
     * @throws io.stackhouse.pipeline.TooLargeException when there never would be
     */
    public static Transcoded toProtobuf(Signal signal, int wireVersion, byte[] json, MemoryLease memory) {
        MessageShape shape = MessageShape.request(signal, wireVersion);
        Transcoder transcoder = new Transcoder(json, memory);
        byte[] protobuf = transcoder.transcode(shape);
        return new Transcoded(protobuf, transcoder.warning());
    }

    /**
     * The body of an answer to an export request, partial success included.
     *
     * @param rejected profiles or spans that were rejected, 0 for a warning
     * @param message what to mend; with 0 rejected and nothing to say this is full success
     */
    public static byte[] exportResponse(Signal signal, long rejected, String message) {
        return JsonAnswers.exportResponse(signal, rejected, message);
    }

    /** The body of an answer that is an error. Details are written when they are RetryInfo or BadRequest. */
    public static byte[] status(Status status) {
        return JsonAnswers.status(status);
    }

    /**
     * A request that came as JSON.
     *
     * @param protobuf the export request's message; the caller's own
     * @param warning to be told to the client with a success, as a partial success that rejects nothing; empty when there is none
     */
    public record Transcoded(byte[] protobuf, String warning) {}
}
