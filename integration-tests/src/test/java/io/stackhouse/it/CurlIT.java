package io.stackhouse.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.stackhouse.it.Curl.Answer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** OTLP/JSON by curl, over HTTP/1.1 and HTTP/2: what is stored, and what is answered. */
class CurlIT {
    private static final String JSON = "Content-Type: application/json";
    private static final String PROFILE_ID = "000102030405060708090a0b0c0d0e0f";

    /** What is of long ago is stored under the time at which they came. */
    private final long nowSeconds = Instant.now().getEpochSecond();

    @TempDir
    Path folder;

    @Test
    void jsonOfCurlIsStoredAndAnsweredInJson() throws Exception {
        Curl curl = new Curl(folder);
        try (Deployment deployment = Deployment.start(folder.resolve("deployment"))) {
            storesProfiles(curl, deployment);
            storesTraces(curl, deployment);
            answersMistakes(curl, deployment.httpEndpoint());
        }
    }

    private void storesProfiles(Curl curl, Deployment deployment) throws Exception {
        String url = deployment.httpEndpoint() + "/v1development/profiles";
        for (String version : List.of("1.1", "2")) {
            Answer hexadecimal = curl.post(url, profile("hex-" + version, PROFILE_ID), json(version));
            Answer base64 = curl.post(url, profile("base64-" + version, "AAECAwQFBgcICQoLDA0ODw=="), json(version));

            assertThat(List.of(hexadecimal.status(), base64.status())).containsExactly(200, 200);
            assertThat(hexadecimal.httpVersion()).isEqualTo(version);
            assertThat(hexadecimal.contentType()).isEqualTo("application/json");
            assertThat(text(hexadecimal)).isEqualTo("{}");
        }
        Awaitility.await("the profiles in ClickHouse")
                .atMost(Duration.ofSeconds(60))
                .until(() -> deployment.number("SELECT count() FROM otel_profiles_samples") >= 8);
        for (String service : List.of("hex-1.1", "base64-1.1", "hex-2", "base64-2")) {
            assertThat(deployment.sql(
                            "SELECT Value, SampleType, SampleUnit, toUnixTimestamp64Nano(Timestamp), ThreadName, lower(ProfileId),"
                                    + " arrayStringConcat(Frames, '<') FROM otel_profiles_samples AS s"
                                    + " ANY LEFT JOIN otel_profiles_stacks AS k USING (ServiceName, StackHash)"
                                    + " WHERE ServiceName = '" + service + "' ORDER BY Value"))
                    .as(service)
                    .containsExactly(
                            "9007199254740993\tcpu\tnanoseconds\t" + nowSeconds + "123456789\tworker\t" + PROFILE_ID
                                    + "\tleaf<main",
                            "9007199254740995\tcpu\tnanoseconds\t" + nowSeconds + "123456790\tworker\t" + PROFILE_ID
                                    + "\tleaf<main");
        }
    }

    private void storesTraces(Curl curl, Deployment deployment) throws Exception {
        String url = deployment.httpEndpoint() + "/v1/traces";
        for (String version : List.of("1.1", "2")) {
            Answer answer = curl.post(url, trace("traces-" + version), json(version));

            assertThat(answer.status()).as(text(answer)).isEqualTo(200);
            assertThat(answer.contentType()).isEqualTo("application/json");
            assertThat(text(answer)).isEqualTo("{}");
            String where = " FROM otel_traces WHERE ServiceName = 'traces-" + version + "'";
            Awaitility.await("the span in ClickHouse")
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> deployment.number("SELECT count()" + where) >= 1);
            assertThat(deployment.sql(
                            "SELECT TraceId, SpanId, SpanName, SpanKind, toUnixTimestamp64Nano(Timestamp), Duration,"
                                    + " SpanAttributes['big'], SpanAttributes['bytes'], SpanAttributes['map'], SpanAttributes['half']"
                                    + where))
                    .containsExactly("5b8efff798038103d269b633813fc60c\teee19b7ec3c1b174\tGET /\tServer\t" + nowSeconds
                            + "000000001\t9" + "\t9007199254740993\tAQID\t{\"a\":[1,\"x\"]}\t0.5");
        }
    }

    private void answersMistakes(Curl curl, String endpoint) throws Exception {
        Answer broken = curl.post(endpoint + "/v1/traces", bytes("{\"resourceSpans\":[{]}"), "--header", JSON);
        assertThat(broken.status()).isEqualTo(400);
        assertThat(broken.contentType()).isEqualTo("application/json");
        assertThat(text(broken)).contains("\"message\":\"").contains("line 1");

        Answer text = curl.post(endpoint + "/v1/traces", bytes("{}"), "--header", "Content-Type: text/plain");
        assertThat(text.status()).isEqualTo(415);

        Answer nowhere = curl.post(endpoint + "/v1/metrics", bytes("{}"), "--header", JSON);
        assertThat(nowhere.status()).isEqualTo(404);
        assertThat(nowhere.contentType()).isEqualTo("application/json");

        Answer wrongProfile = curl.post(
                endpoint + "/v1development/profiles",
                profile("wrong", PROFILE_ID.substring(2)),
                "--http2-prior-knowledge",
                "--header",
                JSON);
        assertThat(wrongProfile.status()).isIn(200, 400);
        assertThat(text(wrongProfile)).containsAnyOf("\"rejectedProfiles\":\"1\"", "\"message\":\"");
    }

    private static String[] json(String version) {
        String http = version.equals("2") ? "--http2-prior-knowledge" : "--http1.1";
        return new String[] {http, "--header", JSON};
    }

    private static String text(Answer answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private byte[] trace(String service) {
        return bytes("""
                {"resourceSpans": [{
                  "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "%1$s"}}]},
                  "scopeSpans": [{"scope": {"name": "curl"}, "spans": [{
                    "traceId": "5B8EFFF798038103D269B633813FC60C", "spanId": "eee19b7ec3c1b174", "name": "GET /", "kind": 2,
                    "startTimeUnixNano": "%2$d000000001", "endTimeUnixNano": %2$d000000010, "notYetKnown": [{}],
                    "attributes": [
                      {"key": "big", "value": {"intValue": 9007199254740993}},
                      {"key": "bytes", "value": {"bytesValue": "AQID"}},
                      {"key": "half", "value": {"doubleValue": 0.5}},
                      {"key": "map", "value": {"kvlistValue": {"values": [{"key": "a", "value": {"arrayValue": {"values": [
                        {"intValue": "1"}, {"stringValue": "x"}]}}}]}}}
                    ]}]}]}]}
                """.formatted(service, nowSeconds));
    }

    /** A profile of two samples of one stack. */
    private byte[] profile(String service, String profileId) {
        return bytes("""
                {"resourceProfiles": [{
                  "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "%1$s"}}]},
                  "scopeProfiles": [{"scope": {"name": "curl"}, "profiles": [{
                    "sampleType": {"typeStrindex": 1, "unitStrindex": 2}, "profileId": "%2$s",
                    "timeUnixNano": "%3$d000000000", "durationNano": "1000000000",
                    "samples": [{"stackIndex": 1, "attributeIndices": [1], "values": ["9007199254740993", 9007199254740995],
                                 "timestampsUnixNano": ["%3$d123456789", %3$d123456790]}]}]}]}],
                 "dictionary": {
                  "stringTable": ["", "cpu", "nanoseconds", "main", "leaf", "thread.name"],
                  "mappingTable": [{}], "linkTable": [{}],
                  "attributeTable": [{}, {"keyStrindex": 5, "value": {"stringValue": "worker"}}],
                  "functionTable": [{}, {"nameStrindex": 3}, {"nameStrindex": 4}],
                  "locationTable": [{}, {"lines": [{"functionIndex": 1, "line": "7"}]}, {"lines": [{"functionIndex": 2}]}],
                  "stackTable": [{}, {"locationIndices": [2, 1]}]}}
                """.formatted(service, profileId, nowSeconds));
    }
}
