package io.stackhouse.receiver.otlp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.Code;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceResponse;
import io.stackhouse.pipeline.Ack;
import io.stackhouse.pipeline.RefusedException;
import io.stackhouse.pipeline.Signal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class OtlpHttpIT {
    private static final String PROFILES = "/v1development/profiles";
    private static final byte[] PROFILES_BODY = Requests.profiles().toByteArray();
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @Test
    void acceptsProfiles() throws Exception {
        try (RunningReceiver receiver = RunningReceiver.start()) {
            HttpResponse<byte[]> response = post(receiver, PROFILES, BodyPublishers.ofByteArray(PROFILES_BODY));
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.body()).isEmpty();
            assertThat(response.headers().firstValue("content-type")).contains("application/x-protobuf");
            assertThat(receiver.profiles.requests).hasSize(1);
            assertThat(receiver.profiles.requests.get(0).body()).isEqualTo(PROFILES_BODY);
            assertThat(receiver.profiles.requests.get(0).batch().size()).isEqualTo(2);
            assertThat(receiver.profiles.requests.get(0).wireVersion()).isEqualTo(1);
        }
    }

    @Test
    void acceptsTracesInGzip() throws Exception {
        try (RunningReceiver receiver = RunningReceiver.start()) {
            byte[] body = Requests.traces(3).toByteArray();
            HttpResponse<byte[]> response = post(
                    receiver,
                    "/v1/traces",
                    BodyPublishers.ofByteArray(Requests.gzip(body)),
                    "Content-Encoding",
                    "gzip");
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(receiver.traces.requests.get(0).body()).isEqualTo(body);
            assertThat(receiver.traces.requests.get(0).batch().size()).isEqualTo(3);
        }
    }

    @Test
    void answersAnEmptyRequestWithSuccessAndHandsNothingOn() throws Exception {
        try (RunningReceiver receiver = RunningReceiver.start()) {
            assertThat(post(receiver, PROFILES, BodyPublishers.noBody()).statusCode())
                    .isEqualTo(200);
            assertThat(post(receiver, "/v1/traces", BodyPublishers.noBody()).statusCode())
                    .isEqualTo(200);
            assertThat(receiver.profiles.requests).isEmpty();
            assertThat(receiver.traces.requests).isEmpty();
        }
    }

    @Test
    void saysHowManyProfilesWereRejected() throws Exception {
        try (RunningReceiver receiver = RunningReceiver.start()) {
            byte[] body = Requests.profilesOneBad().toByteArray();
            HttpResponse<byte[]> response = post(receiver, PROFILES, BodyPublishers.ofByteArray(body));
            ExportProfilesServiceResponse answer = ExportProfilesServiceResponse.parseFrom(response.body());
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(answer.getPartialSuccess().getRejectedProfiles()).isEqualTo(1);
            assertThat(answer.getPartialSuccess().getErrorMessage()).contains("99");
            assertThat(receiver.profiles.requests.get(0).batch().size()).isEqualTo(2);
        }
    }

    @Test
    void tellsWhenToComeBackWhenThePipelineRefuses() throws Exception {
        try (RunningReceiver receiver = RunningReceiver.start()) {
            receiver.profiles.refusal = new RefusedException("the journal is full", 1_500_000_000L);
            HttpResponse<byte[]> response = post(receiver, PROFILES, BodyPublishers.ofByteArray(PROFILES_BODY));
            assertThat(response.statusCode()).isEqualTo(503);
            assertThat(response.headers().firstValue("retry-after")).contains("2");
            Status status = Status.parseFrom(response.body());
            assertThat(status.getCode()).isEqualTo(Code.UNAVAILABLE_VALUE);
            assertThat(status.getMessage()).isEqualTo("the journal is full");
            RetryInfo retry = status.getDetails(0).unpack(RetryInfo.class);
            assertThat(retry.getRetryDelay().getSeconds()).isEqualTo(1);
            assertThat(retry.getRetryDelay().getNanos()).isEqualTo(500_000_000);
        }
    }

    @Test
    void anInternalFailureIsNotToBeRetriedAndSaysNothingOfItself() throws Exception {
        try (RunningReceiver receiver = RunningReceiver.start()) {
            receiver.profiles.failure = new IllegalStateException("secret detail");
            HttpResponse<byte[]> response = post(receiver, PROFILES, BodyPublishers.ofByteArray(PROFILES_BODY));
            assertThat(response.statusCode()).isEqualTo(500);
            assertThat(Status.parseFrom(response.body()).getMessage()).doesNotContain("secret");
        }
    }

    @Test
    void answersOnlyWhenThePipelineHasAnswered() throws Exception {
        try (RunningReceiver receiver = RunningReceiver.start()) {
            receiver.profiles.isHolding = true;
            CompletableFuture<HttpResponse<byte[]>> response = CLIENT.sendAsync(
                    request(receiver, PROFILES, BodyPublishers.ofByteArray(PROFILES_BODY))
                            .build(),
                    BodyHandlers.ofByteArray());
            Ack ack = receiver.profiles.held.poll(10, TimeUnit.SECONDS);
            assertThat(response).isNotDone();
            ack.accepted();
            assertThat(response.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void acceptsABodyAtTheLimitAndNoByteMore() throws Exception {
        int max = RunningReceiver.MAX_BODY_BYTES;
        byte[] atLimit = Requests.padded(PROFILES_BODY, max);
        byte[] over = Requests.padded(PROFILES_BODY, max + 1);
        try (RunningReceiver receiver = RunningReceiver.start()) {
            assertThat(post(receiver, PROFILES, BodyPublishers.ofByteArray(atLimit))
                            .statusCode())
                    .isEqualTo(200);
            assertThat(post(receiver, PROFILES, chunked(atLimit)).statusCode()).isEqualTo(200);
            assertTooLarge(post(receiver, PROFILES, BodyPublishers.ofByteArray(over)));
            assertTooLarge(post(receiver, PROFILES, chunked(over)));
            assertThat(receiver.profiles.requests).hasSize(2);
        }
    }

    @Test
    void appliesTheLimitAfterDecompression() throws Exception {
        int max = RunningReceiver.MAX_BODY_BYTES;
        byte[] atLimit = Requests.gzip(Requests.padded(PROFILES_BODY, max));
        byte[] over = Requests.gzip(Requests.padded(PROFILES_BODY, max + 1));
        byte[] bomb = Requests.gzip(new byte[100 * max]);
        try (RunningReceiver receiver = RunningReceiver.start()) {
            assertThat(postGzip(receiver, atLimit).statusCode()).isEqualTo(200);
            assertTooLarge(postGzip(receiver, over));
            assertTooLarge(postGzip(receiver, bomb));
        }
    }

    @Test
    void rejectsBytesThatAreNoMessage() throws Exception {
        try (RunningReceiver receiver = RunningReceiver.start()) {
            byte[] cut = Arrays.copyOf(PROFILES_BODY, PROFILES_BODY.length - 3);
            for (HttpResponse<byte[]> response : List.of(
                    post(receiver, PROFILES, BodyPublishers.ofByteArray(cut)),
                    post(receiver, "/v1/traces", BodyPublishers.ofByteArray(new byte[] {-1, -1, -1})),
                    postGzip(receiver, PROFILES_BODY))) {
                assertThat(response.statusCode()).isEqualTo(400);
                assertThat(Status.parseFrom(response.body()).getCode()).isEqualTo(Code.INVALID_ARGUMENT_VALUE);
                assertThat(Status.parseFrom(response.body()).getMessage()).isNotEmpty();
            }
            assertThat(receiver.profiles.requests).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /v1/logs, application/x-protobuf, identity, 404",
        "POST, /, application/x-protobuf, identity, 404",
        "POST, /v1development/profiles/, application/x-protobuf, identity, 404",
        "GET, /v1/traces, application/x-protobuf, identity, 405",
        "PUT, /v1/traces, application/x-protobuf, identity, 405",
        "POST, /v1development//profiles, application/x-protobuf, identity, 404",
        "POST, //v1/traces, application/x-protobuf, identity, 404",
        "POST, /v1/../v1/traces, application/x-protobuf, identity, 404",
        "POST, /V1/traces, application/x-protobuf, identity, 404",
        "HEAD, /v1/traces, application/x-protobuf, identity, 405",
        "OPTIONS, /v1/traces, application/x-protobuf, identity, 405",
        "POST, /v1/traces, text/plain, identity, 415",
        "POST, /v1/traces, application/x-protobuf; charset=utf-16, identity, 415",
        "POST, /v1/traces, application/json; charset=iso-8859-1, identity, 415",
        "POST, /v1/traces, , identity, 415",
        "POST, /v1/traces, application/x-protobuf, br, 415",
        "POST, /v1/traces?a=b, application/x-protobuf; charset=utf-8, IDENTITY, 200",
    })
    void checksPathMethodAndMedia(String method, String path, String type, String encoding, int expected)
            throws Exception {
        try (RunningReceiver receiver = RunningReceiver.start()) {
            HttpRequest.Builder request = HttpRequest.newBuilder(uri(receiver, path))
                    .method(
                            method,
                            BodyPublishers.ofByteArray(Requests.traces(1).toByteArray()))
                    .header("Content-Encoding", encoding);
            if (type != null) {
                request.header("Content-Type", type);
            }
            HttpResponse<byte[]> response = CLIENT.send(request.build(), BodyHandlers.ofByteArray());
            assertThat(response.statusCode()).isEqualTo(expected);
            if (expected != 200) {
                assertThat(response.headers().firstValue("content-type")).contains("application/x-protobuf");
                assertThat(Status.parseFrom(response.body()).getMessage().isEmpty())
                        .isEqualTo(method.equals("HEAD"));
            }
            assertThat(response.headers().firstValue("allow").isPresent()).isEqualTo(expected == 405);
            assertThat(response.headers().firstValue("accept-encoding").isPresent())
                    .isEqualTo(encoding.equals("br"));
            assertThat(response.headers().firstValue("accept").isPresent())
                    .isEqualTo(expected == 415 && !encoding.equals("br"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"2", "01", "0", "-1", "1.0", "v1", "1 1", "99999999999"})
    void refusesVersionsThatItDoesNotSpeak(String version) throws Exception {
        try (RunningReceiver receiver = RunningReceiver.start()) {
            HttpResponse<byte[]> response = post(
                    receiver, PROFILES, BodyPublishers.ofByteArray(PROFILES_BODY), ProfilesVersion.HEADER, version);
            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(receiver.profiles.requests).isEmpty();
        }
    }

    @Test
    void takesTheVersionItSpeaksOnce() throws Exception {
        try (RunningReceiver receiver = RunningReceiver.start()) {
            BodyPublisher body = BodyPublishers.ofByteArray(PROFILES_BODY);
            String header = ProfilesVersion.HEADER;
            assertThat(post(receiver, PROFILES, body, header, "1").statusCode()).isEqualTo(200);
            assertThat(post(receiver, PROFILES, body, header, "1", header, "1").statusCode())
                    .isEqualTo(400);
        }
    }

    @Test
    void aSignalWithoutPipelineIsNotFound() throws Exception {
        OtlpConfig config = RunningReceiver.config(Duration.ofSeconds(9), Duration.ofSeconds(9), 8);
        try (RunningReceiver receiver = RunningReceiver.start(config, Signal.TRACES)) {
            HttpResponse<byte[]> response = post(receiver, PROFILES, BodyPublishers.ofByteArray(PROFILES_BODY));
            assertThat(response.statusCode()).isEqualTo(404);
            assertThat(Status.parseFrom(response.body()).getMessage()).contains("no pipeline takes profiles");
        }
    }

    @Test
    void refusesMoreRequestsThanMayBeInFlight() throws Exception {
        OtlpConfig config = RunningReceiver.config(Duration.ofSeconds(9), Duration.ofSeconds(9), 1);
        try (RunningReceiver receiver = RunningReceiver.start(config, Signal.values())) {
            receiver.profiles.isHolding = true;
            CompletableFuture<HttpResponse<byte[]>> first = CLIENT.sendAsync(
                    request(receiver, PROFILES, BodyPublishers.ofByteArray(PROFILES_BODY))
                            .build(),
                    BodyHandlers.ofByteArray());
            Ack ack = receiver.profiles.held.poll(10, TimeUnit.SECONDS);
            HttpResponse<byte[]> second = post(receiver, PROFILES, BodyPublishers.ofByteArray(PROFILES_BODY));
            assertThat(second.statusCode()).isEqualTo(503);
            assertThat(second.headers().firstValue("retry-after")).contains("1");
            ack.accepted();
            assertThat(first.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
            receiver.profiles.isHolding = false;
            assertThat(post(receiver, PROFILES, BodyPublishers.ofByteArray(PROFILES_BODY))
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void goesOnWithAConnectionAfterAnErrorAndAnswersPipelinedRequestsInOrder() throws Exception {
        try (RunningReceiver receiver = RunningReceiver.start();
                Http1Wire wire = new Http1Wire(receiver.httpPort())) {
            ByteArrayOutputStream requests = new ByteArrayOutputStream();
            requests.writeBytes(Http1Wire.post("/nowhere", PROFILES_BODY));
            requests.writeBytes(Http1Wire.post(PROFILES, PROFILES_BODY));
            requests.writeBytes(Http1Wire.post("/v1/traces", new byte[] {-1}));
            requests.writeBytes(Http1Wire.post(PROFILES, PROFILES_BODY));
            wire.send(requests.toByteArray());
            assertThat(new int[] {wire.status(), wire.status(), wire.status(), wire.status()})
                    .containsExactly(404, 200, 400, 200);
        }
    }

    @Test
    void tellsAClientThatAsksToSendItsBody() throws Exception {
        try (RunningReceiver receiver = RunningReceiver.start();
                Http1Wire wire = new Http1Wire(receiver.httpPort())) {
            wire.send(Http1Wire.head(PROFILES, PROFILES_BODY.length, "Expect: 100-continue\r\n"));
            assertThat(wire.status()).isEqualTo(100);
            wire.send(PROFILES_BODY);
            assertThat(wire.status()).isEqualTo(200);
        }
    }

    @Test
    void refusesAtOnceWhatAClientAsksToSendInVain() throws Exception {
        try (RunningReceiver receiver = RunningReceiver.start();
                Http1Wire wire = new Http1Wire(receiver.httpPort())) {
            wire.send(Http1Wire.head(PROFILES, 1 << 30, "Expect: 100-continue\r\n"));
            assertThat(wire.status()).isEqualTo(413);
            assertThat(wire.isEnded()).isTrue();
        }
    }

    @Test
    void endsARequestWhoseBodyDoesNotCome() throws Exception {
        OtlpConfig config = RunningReceiver.config(Duration.ofMillis(200), Duration.ofSeconds(20), 1);
        try (RunningReceiver receiver = RunningReceiver.start(config, Signal.values());
                Http1Wire wire = new Http1Wire(receiver.httpPort())) {
            wire.send(Http1Wire.head(PROFILES, 1000, ""));
            assertThat(wire.status()).isEqualTo(408);
            assertThat(wire.isEnded()).isTrue();
            assertThat(post(receiver, PROFILES, BodyPublishers.ofByteArray(PROFILES_BODY))
                            .statusCode())
                    .as("the place of the ended request is free again")
                    .isEqualTo(200);
        }
    }

    @Test
    void closesAConnectionThatSaysNothingOrTooSlowly() throws Exception {
        OtlpConfig config = RunningReceiver.config(Duration.ofSeconds(20), Duration.ofMillis(200), 8);
        try (RunningReceiver receiver = RunningReceiver.start(config, Signal.values());
                Http1Wire silent = new Http1Wire(receiver.httpPort());
                Http1Wire begun = new Http1Wire(receiver.httpPort())) {
            begun.send("POST /v1/traces HT".getBytes(US_ASCII));
            assertThat(silent.isEnded()).isTrue();
            assertThat(begun.isEnded()).isTrue();
        }
    }

    @Test
    void answersWhatIsNoHttpAndEndsTheConnection() throws Exception {
        try (RunningReceiver receiver = RunningReceiver.start();
                Http1Wire noise = new Http1Wire(receiver.httpPort());
                Http1Wire huge = new Http1Wire(receiver.httpPort())) {
            noise.send("this is no http at all\r\n\r\n".getBytes(US_ASCII));
            assertThat(noise.status()).isEqualTo(400);
            String header = "X: " + "x".repeat(20_000) + "\r\n";
            huge.send(Http1Wire.head(PROFILES, 1, header));
            assertThat(huge.status()).isEqualTo(431);
        }
    }

    @Test
    void closeWaitsForOpenAnswers() throws Exception {
        RunningReceiver receiver = RunningReceiver.start();
        receiver.profiles.isHolding = true;
        CompletableFuture<HttpResponse<byte[]>> response = CLIENT.sendAsync(
                request(receiver, PROFILES, BodyPublishers.ofByteArray(PROFILES_BODY))
                        .build(),
                BodyHandlers.ofByteArray());
        Ack ack = receiver.profiles.held.poll(10, TimeUnit.SECONDS);
        CompletableFuture<Void> closed = CompletableFuture.runAsync(receiver::close);
        ack.accepted();
        assertThat(response.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        closed.get(10, TimeUnit.SECONDS);
        receiver.close();
    }

    private static void assertTooLarge(HttpResponse<byte[]> response) throws InvalidProtocolBufferException {
        assertThat(response.statusCode()).isEqualTo(413);
        Status status = Status.parseFrom(response.body());
        assertThat(status.getMessage()).contains("max_request_body_size");
        assertThat(status.getDetailsCount()).as("must not be retried").isZero();
        assertThat(response.headers().firstValue("retry-after")).isEmpty();
    }

    private static HttpResponse<byte[]> postGzip(RunningReceiver receiver, byte[] body) throws Exception {
        return post(receiver, PROFILES, BodyPublishers.ofByteArray(body), "Content-Encoding", "gzip");
    }

    private static HttpResponse<byte[]> post(
            RunningReceiver receiver, String path, BodyPublisher body, String... headers) throws Exception {
        HttpRequest.Builder request = request(receiver, path, body);
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return CLIENT.send(request.build(), BodyHandlers.ofByteArray());
    }

    private static HttpRequest.Builder request(RunningReceiver receiver, String path, BodyPublisher body) {
        return HttpRequest.newBuilder(uri(receiver, path))
                .timeout(Duration.ofSeconds(20))
                .header("Content-Type", "application/x-protobuf")
                .POST(body);
    }

    private static URI uri(RunningReceiver receiver, String path) {
        return URI.create("http://127.0.0.1:" + receiver.httpPort() + path);
    }

    private static BodyPublisher chunked(byte[] body) {
        return BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body));
    }
}
