package io.stackhouse.receiver.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.Status;
import io.stackhouse.pipeline.Ack;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** HTTP/2 on the HTTP port, as a well-behaved client sees it. */
@Timeout(30)
class OtlpHttp2IT {
    private static final String PROFILES = "/v1development/profiles";
    private static final byte[] PROFILES_BODY = Requests.profiles().toByteArray();

    @Test
    void acceptsRequestsSideBySideOnOneConnection() throws Exception {
        try (RunningReceiver receiver = RunningReceiver.start();
                Http2Wire wire = new Http2Wire(receiver.httpPort())) {
            receiver.profiles.isHolding = true;
            wire.request(1, Http2Wire.post(PROFILES), PROFILES_BODY);
            wire.flush();
            Ack first = receiver.profiles.held.poll(10, TimeUnit.SECONDS);
            wire.request(3, Http2Wire.post("/v1/traces"), Requests.traces(2).toByteArray());
            wire.flush();
            assertThat(wire.await(3).status).isEqualTo(200);
            assertThat(wire.answer(1).isEnded).isFalse();
            first.accepted();
            assertThat(wire.await(1).status).isEqualTo(200);
            assertThat(wire.answer(1).headers.get("content-type")).hasToString("application/x-protobuf");
            assertThat(receiver.profiles.requests.get(0).body()).isEqualTo(PROFILES_BODY);
            assertThat(receiver.traces.requests.get(0).batch().size()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/logs, application/x-protobuf, 404",
        "/v1/traces/, application/x-protobuf, 404",
        "//v1/traces, application/x-protobuf, 404",
        "/v1/traces, text/plain, 415",
        "/v1/traces, application/x-protobuf, 400",
    })
    void answersErrorsAsOverHttp1(String path, String type, int expected) throws Exception {
        try (RunningReceiver receiver = RunningReceiver.start();
                Http2Wire wire = new Http2Wire(receiver.httpPort())) {
            wire.request(1, Http2Wire.post(path).set("content-type", type), new byte[] {-1});
            wire.flush();
            Http2Wire.Answer answer = wire.await(1);
            assertThat(answer.status).isEqualTo(expected);
            assertThat(Status.parseFrom(answer.body.toByteArray()).getMessage()).isNotEmpty();
            wire.request(3, Http2Wire.post(PROFILES), PROFILES_BODY);
            wire.flush();
            assertThat(wire.await(3).status).as("the connection goes on").isEqualTo(200);
        }
    }

    @Test
    void takesABodyAtTheLimitAndNoByteMore() throws Exception {
        int max = RunningReceiver.MAX_BODY_BYTES;
        try (RunningReceiver receiver = RunningReceiver.start()) {
            for (int more = 0; more <= 1; more++) {
                byte[] body = Requests.padded(PROFILES_BODY, max + more);
                try (Http2Wire wire = new Http2Wire(receiver.httpPort())) {
                    wire.frame(Http2Wire.HEADERS, Http2Wire.END_HEADERS, 1, wire.block(1, Http2Wire.post(PROFILES)));
                    wire.body(1, body);
                    assertThat(wire.await(1).status).isEqualTo(more == 0 ? 200 : 413);
                }
            }
        }
    }

    @Test
    void aClientThatAsksForAnUpgradeIsAnsweredInHttp1() throws Exception {
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
        try (RunningReceiver receiver = RunningReceiver.start()) {
            HttpRequest request = HttpRequest.newBuilder(
                            URI.create("http://127.0.0.1:" + receiver.httpPort() + PROFILES))
                    .header("Content-Type", "application/x-protobuf")
                    .POST(BodyPublishers.ofByteArray(PROFILES_BODY))
                    .build();
            HttpResponse<byte[]> response = client.send(request, BodyHandlers.ofByteArray());
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
        }
    }

    @Test
    void tellsAClientThatAsksToSendItsBody() throws Exception {
        try (RunningReceiver receiver = RunningReceiver.start();
                Http2Wire wire = new Http2Wire(receiver.httpPort())) {
            byte[] block = wire.block(1, Http2Wire.post(PROFILES).set("expect", "100-continue"));
            wire.frame(Http2Wire.HEADERS, Http2Wire.END_HEADERS, 1, block);
            wire.flush();
            while (wire.answer(1).status == 0) {
                wire.readFrame();
            }
            assertThat(wire.answer(1).status).isEqualTo(100);
            wire.frame(Http2Wire.DATA, Http2Wire.END_STREAM, 1, PROFILES_BODY);
            wire.flush();
            assertThat(wire.await(1).status).isEqualTo(200);
        }
    }

    @Test
    void closeSaysGoawayAndWaitsForOpenAnswers() throws Exception {
        RunningReceiver receiver = RunningReceiver.start();
        try (Http2Wire wire = new Http2Wire(receiver.httpPort())) {
            receiver.profiles.isHolding = true;
            wire.request(1, Http2Wire.post(PROFILES), PROFILES_BODY);
            wire.flush();
            Ack ack = receiver.profiles.held.poll(10, TimeUnit.SECONDS);
            CompletableFuture<Void> closed = CompletableFuture.runAsync(receiver::close);
            while (wire.readFrame() != Http2Wire.GOAWAY) {
                // what came before
            }
            ack.accepted();
            assertThat(wire.await(1).status).isEqualTo(200);
            assertThat(wire.awaitClose()).isZero();
            closed.get(10, TimeUnit.SECONDS);
        }
    }
}
