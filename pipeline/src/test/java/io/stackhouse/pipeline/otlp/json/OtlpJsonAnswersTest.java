package io.stackhouse.pipeline.otlp.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import com.google.rpc.BadRequest;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.otlp.ExportResponses;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Answers: to protobuf-java's readers the same message as in protobuf, and JSON to the letter. */
class OtlpJsonAnswersTest {
    @ParameterizedTest
    @CsvSource({"PROFILES, 0, ''", "PROFILES, 3, 'mend \"it\"\né'", "TRACES, 9007199254740993, x", "TRACES, 0, look"})
    void exportResponsesAreTheSameMessage(Signal signal, long rejected, String message) throws Exception {
        Message.Builder fromJson = signal == Signal.PROFILES
                ? ExportProfilesServiceResponse.newBuilder()
                : ExportTraceServiceResponse.newBuilder();

        JsonFormat.parser().merge(text(OtlpJson.exportResponse(signal, rejected, message)), fromJson);

        assertThat(fromJson.build().toByteArray())
                .isEqualTo(
                        rejected == 0 && message.isEmpty()
                                ? ExportResponses.success()
                                : ExportResponses.partialSuccess(rejected, message));
    }

    @Test
    void exportResponsesInJson() {
        assertThat(text(OtlpJson.exportResponse(Signal.TRACES, 0, ""))).isEqualTo("{}");
        assertThat(text(OtlpJson.exportResponse(Signal.TRACES, 2, "why")))
                .isEqualTo("{\"partialSuccess\":{\"rejectedSpans\":\"2\",\"errorMessage\":\"why\"}}");
        assertThat(text(OtlpJson.exportResponse(Signal.PROFILES, 0, "look")))
                .isEqualTo("{\"partialSuccess\":{\"rejectedProfiles\":\"0\",\"errorMessage\":\"look\"}}");
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 0s", "30, 0, 30s", "1, 500000000, 1.500s", "0, 1000, 0.000001s", "2, 7, 2.000000007s"})
    void statusWithRetryInfo(long seconds, int nanos, String expected) throws Exception {
        RetryInfo retry = RetryInfo.newBuilder()
                .setRetryDelay(Duration.newBuilder().setSeconds(seconds).setNanos(nanos))
                .build();
        Status status = Status.newBuilder()
                .setCode(14)
                .setMessage("full")
                .addDetails(Any.pack(retry))
                .build();

        String json = text(OtlpJson.status(status));

        assertThat(json)
                .isEqualTo(
                        "{\"code\":14,\"message\":\"full\",\"details\":[{\"@type\":\"type.googleapis.com/google.rpc.RetryInfo\","
                                + "\"retryDelay\":\"" + expected + "\"}]}");
        assertThat(parsed(json)).isEqualTo(status);
    }

    @Test
    void statusWithBadRequest() throws Exception {
        BadRequest bad = BadRequest.newBuilder()
                .addFieldViolations(BadRequest.FieldViolation.newBuilder()
                        .setField("$.resourceSpans[0]")
                        .setDescription("must be an object"))
                .build();
        Status status = Status.newBuilder()
                .setCode(3)
                .setMessage("no \"good\"")
                .addDetails(Any.pack(bad))
                .build();

        assertThat(parsed(text(OtlpJson.status(status)))).isEqualTo(status);
        assertThat(text(OtlpJson.status(status.toBuilder().clearDetails().build())))
                .isEqualTo("{\"code\":3,\"message\":\"no \\\"good\\\"\"}");
    }

    private static Status parsed(String json) throws Exception {
        TypeRegistry types = TypeRegistry.newBuilder()
                .add(RetryInfo.getDescriptor())
                .add(BadRequest.getDescriptor())
                .build();
        Status.Builder status = Status.newBuilder();
        JsonFormat.parser().usingTypeRegistry(types).merge(json, status);
        return status.build();
    }

    private static String text(byte[] json) {
        return new String(json, StandardCharsets.UTF_8);
    }
}
