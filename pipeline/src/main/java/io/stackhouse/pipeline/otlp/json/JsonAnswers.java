package io.stackhouse.pipeline.otlp.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.BadRequest;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import io.stackhouse.pipeline.Signal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Locale;

/** Answers in the JSON mapping of protobuf. Stateless; any thread. */
final class JsonAnswers {
    private static final JsonFactory JSON = new JsonFactory();
    private static final int NANOS_PER_MILLI = 1_000_000;
    private static final int NANOS_PER_MICRO = 1_000;

    private JsonAnswers() {}

    static byte[] exportResponse(Signal signal, long rejected, String message) {
        return written(json -> {
            if (rejected != 0 || !message.isEmpty()) {
                json.writeObjectFieldStart("partialSuccess");
                json.writeStringField(
                        signal == Signal.PROFILES ? "rejectedProfiles" : "rejectedSpans", Long.toString(rejected));
                json.writeStringField("errorMessage", message);
                json.writeEndObject();
            }
        });
    }

    static byte[] status(Status status) {
        return written(json -> {
            json.writeNumberField("code", status.getCode());
            json.writeStringField("message", status.getMessage());
            if (status.getDetailsCount() > 0) {
                json.writeArrayFieldStart("details");
                for (Any detail : status.getDetailsList()) {
                    writeDetail(json, detail);
                }
                json.writeEndArray();
            }
        });
    }

    private static void writeDetail(JsonGenerator json, Any detail) throws IOException {
        json.writeStartObject();
        json.writeStringField("@type", detail.getTypeUrl());
        if (detail.is(RetryInfo.class)) {
            RetryInfo retry = unpacked(detail, RetryInfo.class);
            json.writeStringField("retryDelay", seconds(retry.getRetryDelay()));
        } else if (detail.is(BadRequest.class)) {
            json.writeArrayFieldStart("fieldViolations");
            for (BadRequest.FieldViolation violation :
                    unpacked(detail, BadRequest.class).getFieldViolationsList()) {
                json.writeStartObject();
                json.writeStringField("field", violation.getField());
                json.writeStringField("description", violation.getDescription());
                json.writeEndObject();
            }
            json.writeEndArray();
        }
        json.writeEndObject();
    }

    /** With 0, 3, 6 or 9 digits behind the point, as protobuf writes it. */
    private static String seconds(Duration delay) {
        int nanos = delay.getNanos();
        if (nanos == 0) {
            return delay.getSeconds() + "s";
        }
        if (nanos % NANOS_PER_MILLI == 0) {
            return String.format(Locale.ROOT, "%d.%03ds", delay.getSeconds(), nanos / NANOS_PER_MILLI);
        }
        return nanos % NANOS_PER_MICRO == 0
                ? String.format(Locale.ROOT, "%d.%06ds", delay.getSeconds(), nanos / NANOS_PER_MICRO)
                : String.format(Locale.ROOT, "%d.%09ds", delay.getSeconds(), nanos);
    }

    private static <T extends com.google.protobuf.Message> T unpacked(Any detail, Class<T> type) {
        try {
            return detail.unpack(type);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("a status' detail is no " + type.getSimpleName(), e);
        }
    }

    private static byte[] written(Fields fields) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(128);
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            fields.writeTo(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new IllegalStateException("bytes in memory can't be written", e);
        }
        return out.toByteArray();
    }

    /** The fields of an answer's one object. */
    @FunctionalInterface
    private interface Fields {
        void writeTo(JsonGenerator json) throws IOException;
    }
}
