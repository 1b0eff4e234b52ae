package io.stackhouse.receiver.otlp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.stackhouse.pipeline.RefusedException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** JSON over HTTP: requests in it, and answers to those in it too. */
@Timeout(30)
class OtlpHttpJsonIT {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final String SPAN = """
            {"resourceSpans": [{"scopeSpans": [{"spans": [
              {"traceId": "0102030405060708090A0B0C0D0E0F10", "spanId": "0102030405060708", "name": "a"}]}]}]}
            """;
    private static final String PROFILE = """
            {"dictionary": {
               "stringTable": ["", "cpu", "nanoseconds", "main"],
               "mappingTable": [{}], "linkTable": [{}], "attributeTable": [{}],
               "functionTable": [{}, {"nameStrindex": 3}],
               "locationTable": [{}, {"lines": [{"functionIndex": 1}]}],
               "stackTable": [{}, {"locationIndices": [1]}]},
             "resourceProfiles": [{"scopeProfiles": [{"profiles": [
               {"sampleType": {"typeStrindex": 1, "unitStrindex": 2}, "timeUnixNano": "1700000000000000000",
                "durationNano": "10000000000", "samples": [{"stackIndex": STACK, "values": ["10000000"]}]}]}]}]}
            """;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "application/json; charset=utf-8",
                "Application/JSON;charset=\"UTF-8\"",
                "application/json; odata=none"
            })
    void acceptsTraces(String type) throws Exception {
        try (RunningReceiver receiver = RunningReceiver.start()) {
            HttpResponse<String> response = post(receiver, "/v1/traces", type, SPAN.getBytes(UTF_8));
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            assertThat(response.body()).isEqualTo("{}");
            assertThat(response.headers().firstValue("content-type")).contains("application/json");
            ExportTraceServiceRequest kept = ExportTraceServiceRequest.parseFrom(
                    receiver.traces.requests.get(0).body());
            assertThat(kept.getResourceSpans(0)
                            .getScopeSpans(0)
                            .getSpans(0)
                            .getTraceId()
                            .toByteArray())
                    .as("kept as protobuf")
                    .containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
        }
    }

    @Test
    void acceptsProfiles() throws Exception {
        try (RunningReceiver receiver = RunningReceiver.start()) {
            HttpResponse<String> response = postProfile(receiver, PROFILE.replace("STACK", "1"));
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            assertThat(response.body()).isEqualTo("{}");
            ExportProfilesServiceRequest kept = ExportProfilesServiceRequest.parseFrom(
                    receiver.profiles.requests.get(0).body());
            assertThat(kept.getDictionary().getStringTable(3)).isEqualTo("main");
        }
    }

    @Test
    void saysInJsonHowManyProfilesWereRejected() throws Exception {
        try (RunningReceiver receiver = RunningReceiver.start()) {
            HttpResponse<String> response = postProfile(receiver, PROFILE.replace("STACK", "99"));
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            assertThat(response.body())
                    .startsWith("{\"partialSuccess\":{\"rejectedProfiles\":\"1\",\"errorMessage\":\"")
                    .contains("99");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "\"text\"", "{\"resourceSpans\": 1}", "{\"resourceSpans\": [{]}"})
    void refusesWhatIsNoSuchDocumentInJson(String document) throws Exception {
        try (RunningReceiver receiver = RunningReceiver.start()) {
            HttpResponse<String> response = post(receiver, "/v1/traces", "application/json", document.getBytes(UTF_8));
            assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
            assertThat(response.headers().firstValue("content-type")).contains("application/json");
            assertThat(response.body()).startsWith("{\"code\":3,\"message\":\"");
            assertThat(receiver.traces.requests).isEmpty();
        }
    }

    @Test
    void everyErrorIsInJson() throws Exception {
        try (RunningReceiver receiver = RunningReceiver.start()) {
            assertThat(post(receiver, "/nowhere", "application/json", new byte[0])
                            .body())
                    .startsWith("{\"code\":12,");
            byte[] tooLarge = " ".repeat(RunningReceiver.MAX_BODY_BYTES + 1).getBytes(UTF_8);
            HttpResponse<String> response = post(receiver, "/v1/traces", "application/json", tooLarge);
            assertThat(response.statusCode()).isEqualTo(413);
            assertThat(response.body()).startsWith("{\"code\":8,");
            receiver.traces.refusal = new RefusedException("the journal is full", 1_500_000_000L);
            HttpResponse<String> refused = post(receiver, "/v1/traces", "application/json", SPAN.getBytes(UTF_8));
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.headers().firstValue("retry-after")).contains("2");
            assertThat(refused.body()).contains("\"retryDelay\":\"1.500s\"");
        }
    }

    private static HttpResponse<String> postProfile(RunningReceiver receiver, String document) throws Exception {
        return post(receiver, "/v1development/profiles", "application/json", document.getBytes(UTF_8));
    }

    private static HttpResponse<String> post(RunningReceiver receiver, String path, String type, byte[] body)
            throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + receiver.httpPort() + path))
                .header("Content-Type", type)
                .POST(BodyPublishers.ofByteArray(body))
                .build();
        return CLIENT.send(request, BodyHandlers.ofString());
    }
}
