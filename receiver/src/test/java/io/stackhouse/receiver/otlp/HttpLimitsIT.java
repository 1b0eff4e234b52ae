package io.stackhouse.receiver.otlp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.rpc.Status;
import io.stackhouse.pipeline.Ack;
import io.stackhouse.pipeline.ByteSize;
import io.stackhouse.pipeline.Signal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What hostile and broken HTTP/1.1 clients get, and that nothing is left of them. */
@Timeout(60)
class HttpLimitsIT {
    private static final String TRACES = "/v1/traces";
    private static final byte[] BODY = Requests.traces(1).toByteArray();
    private static final Duration SOON = Duration.ofMillis(300);

    private final HttpSettings settings = new HttpSettings();

    private RunningReceiver start() {
        return start(8);
    }

    private RunningReceiver start(int maxInFlight) {
        OtlpConfig.Protocols protocols = new OtlpConfig.Protocols(null, settings.http());
        return RunningReceiver.start(settings.config(protocols, maxInFlight), Signal.values());
    }

    /** An ordinary client is served as soon as all that was taken is given back, and no connection is left. */
    static void assertAllIsWell(RunningReceiver receiver) {
        Duration bound = Duration.ofSeconds(10);
        await().atMost(bound).until(() -> receiver.readings.openConnections() == 0);
        await().atMost(bound).until(() -> {
            try (Http1Wire wire = new Http1Wire(receiver.httpPort())) {
                return wire.send(Http1Wire.post(TRACES, BODY)).status() == 200;
            }
        });
        await().atMost(bound).until(() -> receiver.readings.openConnections() == 0);
    }

    @Test
    void takesHeadersAtTheLimitAndNoByteMore() throws Exception {
        settings.maxHeaderSize = new ByteSize(1024);
        int bare = "POST /v1/traces HTTP/1.1".length()
                + "Host: localhost".length()
                + "Content-Type: application/x-protobuf".length()
                + "X: ".length()
                + "Content-Length: 00".length();
        try (RunningReceiver receiver = start()) {
            for (int more = 0; more <= 1; more++) {
                String padding = "X: " + "x".repeat(1024 - bare + more) + "\r\n";
                try (Http1Wire wire = new Http1Wire(receiver.httpPort())) {
                    wire.send(Http1Wire.head(TRACES, BODY.length, padding)).send(BODY);
                    assertThat(wire.status()).isEqualTo(more == 0 ? 200 : 431);
                    if (more == 1) {
                        assertThat(Status.parseFrom(wire.responseBody()).getMessage())
                                .contains("max_header_size");
                        assertThat(wire.isEnded()).isTrue();
                    }
                }
            }
            assertThat(receiver.readings.limited(HttpLimit.MAX_HEADER_SIZE)).isEqualTo(1);
            assertAllIsWell(receiver);
        }
    }

    @Test
    void endsALineThatIsTooLongWhileItComes() throws Exception {
        try (RunningReceiver receiver = start();
                Http1Wire wire = new Http1Wire(receiver.httpPort())) {
            assertThat(wire.send("POST /" + "x".repeat(17 << 10)).status()).isEqualTo(431);
            wire.hangUp();
            assertAllIsWell(receiver);
        }
    }

    @Test
    void endsAConnectionWhoseHeadersComeByteByByte() throws Exception {
        settings.readHeaderTimeout = SOON;
        try (RunningReceiver receiver = start();
                Http1Wire wire = new Http1Wire(receiver.httpPort())) {
            wire.send("POST /v1/traces HTTP/1.1\r\nX: ");
            wire.dribble(new byte[] {'x'}, Integer.MAX_VALUE);
            assertThat(wire.isEnded()).isTrue();
            assertThat(receiver.readings.limited(HttpLimit.READ_HEADER_TIMEOUT)).isEqualTo(1);
            assertAllIsWell(receiver);
        }
    }

    @Test
    void endsAKeptConnectionWhoseNextHeadersComeByteByByte() throws Exception {
        settings.idleTimeout = SOON;
        try (RunningReceiver receiver = start();
                Http1Wire wire = new Http1Wire(receiver.httpPort())) {
            assertThat(wire.send(Http1Wire.post(TRACES, BODY)).status()).isEqualTo(200);
            wire.dribble(new byte[] {'x'}, Integer.MAX_VALUE);
            assertThat(wire.isEnded()).isTrue();
            assertThat(receiver.readings.limited(HttpLimit.IDLE_TIMEOUT)).isEqualTo(1);
            assertAllIsWell(receiver);
        }
    }

    @Test
    void endsABodyThatComesByteByByte() throws Exception {
        settings.minBodyRate = new ByteSize(1000);
        settings.minBodyRateGrace = SOON;
        try (RunningReceiver receiver = start(1);
                Http1Wire wire = new Http1Wire(receiver.httpPort())) {
            wire.send(Http1Wire.head(TRACES, 1 << 20, ""));
            wire.dribble(new byte[] {0}, Integer.MAX_VALUE);
            assertThat(wire.status()).isEqualTo(408);
            assertThat(Status.parseFrom(wire.responseBody()).getMessage()).contains("min_body_rate");
            assertThat(wire.isEnded()).isTrue();
            assertThat(receiver.readings.limited(HttpLimit.MIN_BODY_RATE)).isEqualTo(1);
            wire.hangUp();
            assertAllIsWell(receiver);
        }
    }

    @Test
    void endsABodyThatBeganFastAndThenStalls() throws Exception {
        settings.minBodyRate = new ByteSize(100);
        settings.minBodyRateGrace = SOON;
        try (RunningReceiver receiver = start(1);
                Http1Wire wire = new Http1Wire(receiver.httpPort())) {
            wire.send(Http1Wire.head(TRACES, 1 << 20, "")).send(new byte[1 << 19]);
            assertThat(wire.status()).isEqualTo(408);
            assertThat(Status.parseFrom(wire.responseBody()).getMessage()).contains("min_body_rate");
            wire.hangUp();
            assertAllIsWell(receiver);
        }
    }

    @Test
    void takesASlowBodyThatKeepsTheRate() throws Exception {
        settings.minBodyRate = new ByteSize(50);
        settings.minBodyRateGrace = Duration.ofSeconds(1);
        byte[] body = Requests.padded(BODY, 100 * 120 + BODY.length);
        try (RunningReceiver receiver = start();
                Http1Wire wire = new Http1Wire(receiver.httpPort())) {
            wire.send(Http1Wire.head(TRACES, body.length, ""));
            wire.send(Arrays.copyOf(body, BODY.length + 6));
            // The padding is zeroes, more than two graces of them.
            wire.dribble(new byte[100], 119);
            wire.send(new byte[100 - 6]);
            assertThat(wire.status()).isEqualTo(200);
        }
    }

    @Test
    void endsAClientThatDoesNotReadItsAnswers() throws Exception {
        settings.writeTimeout = SOON;
        byte[] requests =
                "GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(1000).getBytes(US_ASCII);
        try (RunningReceiver receiver = start();
                Http1Wire wire = new Http1Wire(receiver.httpPort(), 4096)) {
            boolean isEnded = false;
            while (!isEnded) {
                try {
                    wire.send(requests);
                } catch (IOException e) {
                    isEnded = true;
                }
            }
            await().atMost(Duration.ofSeconds(10)).until(() -> receiver.readings.limited(HttpLimit.WRITE_TIMEOUT) >= 1);
            assertAllIsWell(receiver);
        }
    }

    @Test
    void closesConnectionsBeyondTheLimitOfOnePeer() throws Exception {
        settings.maxConnectionsPerPeer = 3;
        assertConnectionLimit(3, HttpLimit.MAX_CONNECTIONS_PER_PEER);
    }

    @Test
    void closesConnectionsBeyondTheLimitOfAll() throws Exception {
        settings.maxConnections = 2;
        assertConnectionLimit(2, HttpLimit.MAX_CONNECTIONS);
    }

    private void assertConnectionLimit(int max, HttpLimit limit) throws Exception {
        List<Http1Wire> open = new ArrayList<>();
        try (RunningReceiver receiver = start()) {
            for (int i = 0; i < max; i++) {
                Http1Wire wire = new Http1Wire(receiver.httpPort());
                open.add(wire);
                assertThat(wire.send(Http1Wire.post(TRACES, BODY)).status()).isEqualTo(200);
            }
            for (int i = 1; i <= 5; i++) {
                try (Http1Wire refused = new Http1Wire(receiver.httpPort())) {
                    assertThat(refused.isEnded()).isTrue();
                }
                assertThat(receiver.readings.limited(limit)).isEqualTo(i);
            }
            assertThat(receiver.readings.openConnections()).isEqualTo(max);
            for (Http1Wire wire : open) {
                assertThat(wire.send(Http1Wire.post(TRACES, BODY)).status()).isEqualTo(200);
                wire.hangUp();
            }
            assertAllIsWell(receiver);
        }
    }

    @Test
    void aClientThatHasGoneGivesItsPlaceBack() throws Exception {
        try (RunningReceiver receiver = start(1)) {
            try (Http1Wire half = new Http1Wire(receiver.httpPort())) {
                half.send(Http1Wire.head(TRACES, 1000, "Expect: 100-continue\r\n"));
                assertThat(half.status()).isEqualTo(100);
                half.send(new byte[500]).endOutput();
                assertThat(half.isEnded()).isTrue();
            }
            assertAllIsWell(receiver);
            receiver.traces.isHolding = true;
            Ack held;
            try (Http1Wire waiting = new Http1Wire(receiver.httpPort())) {
                waiting.send(Http1Wire.post(TRACES, BODY));
                held = receiver.traces.held.poll(10, TimeUnit.SECONDS);
                assertThat(held).isNotNull();
            }
            receiver.traces.isHolding = false;
            // The pipeline has the request and its memory until it answers.
            held.accepted();
            assertAllIsWell(receiver);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 5|Transfer-Encoding: chunked",
                "Transfer-Encoding: chunked|Content-Length: 5",
                "Content-Length: 5|Content-Length: 6",
                "Content-Length: 5|Content-Length: 5",
                "Content-Length: 5, 5",
                "Content-Length: +5",
                "Content-Length: -5",
                "Content-Length: 0x5",
                "Content-Length: 5 5",
                "Content-Length:",
                "Content-Length: 99999999999999999999",
                "Content-Length : 5",
                "Transfer-Encoding : chunked",
                "Transfer-Encoding: xchunked",
                "Transfer-Encoding: chunked, identity",
                "Transfer-Encoding: identity, chunked, chunked",
                "Transfer-Encoding: chunked|Transfer-Encoding: identity",
                "Host: other|Content-Length: 5",
                "X: a\u0000b|Content-Length: 5",
                "no colon|Content-Length: 5",
                ": no name|Content-Length: 5",
            })
    void refusesWhatAnotherServerMightReadOtherwise(String headers) throws Exception {
        String request = "POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-protobuf\r\n"
                + headers.replace("|", "\r\n") + "\r\n\r\n";
        assertRefusedOnce(request);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST /v1/traces HTTP/1.1\nHost: localhost\nContent-Length: 0\n\n",
                "POST /v1/traces HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
                "POST /v1/traces HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST /v1/traces HTTP/2.0\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n",
                "POST /v1/traces HTTP/9.9\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n",
                "POST /v1/traces\r\nHost: localhost\r\n\r\n",
                "POST  /v1/traces HTTP/1.1 x\r\nHost: localhost\r\n\r\n",
                "\u0016\u0003\u0001 this is TLS\r\n\r\n",
                "PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n",
            })
    void refusesRequestsOfOtherForms(String request) throws Exception {
        assertRefusedOnce(request);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-1\r\n",
                "0x5\r\nhello\r\n",
                "FFFFFFFFFFFFFFFFF\r\n",
                "5\nhello\n0\n\n",
                "5\r\nhelloX\r\n0\r\n\r\n",
                "\r\n"
            })
    void refusesChunksThatAnotherServerMightReadOtherwise(String chunks) throws Exception {
        assertRefusedOnce("POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-protobuf\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n" + chunks);
    }

    /** Whatever follows is never taken for a request. */
    private void assertRefusedOnce(String request) throws Exception {
        try (RunningReceiver receiver = start(1);
                Http1Wire wire = new Http1Wire(receiver.httpPort())) {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            all.writeBytes(request.getBytes(US_ASCII));
            all.writeBytes(Http1Wire.post(TRACES, BODY));
            assertThat(wire.send(all.toByteArray()).status()).isEqualTo(400);
            assertThat(Status.parseFrom(wire.responseBody()).getMessage()).isNotEmpty();
            assertThat(wire.isEnded()).isTrue();
            assertThat(receiver.traces.requests).isEmpty();
            wire.hangUp();
            assertAllIsWell(receiver);
        }
    }

    @Test
    void answersManyPipelinedRequestsInOrder() throws Exception {
        int count = 5000;
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int i = 0; i < count; i++) {
            String method = i % 2 == 0 ? "GET" : "HEAD";
            String path = i % 3 == 0 ? TRACES : "/nowhere";
            all.writeBytes((method + " " + path + " HTTP/1.1\r\nHost: h\r\n\r\n").getBytes(US_ASCII));
        }
        try (RunningReceiver receiver = start();
                Http1Wire wire = new Http1Wire(receiver.httpPort())) {
            Thread sender = new Thread(() -> {
                try {
                    wire.send(all.toByteArray());
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            sender.start();
            for (int i = 0; i < count; i++) {
                assertThat(i % 2 == 0 ? wire.status() : wire.statusOfHead()).isEqualTo(i % 3 == 0 ? 405 : 404);
            }
            sender.join();
            wire.hangUp();
            assertAllIsWell(receiver);
        }
    }

    @Test
    void answersHttp10AndCloses() throws Exception {
        try (RunningReceiver receiver = start();
                Http1Wire wire = new Http1Wire(receiver.httpPort())) {
            wire.send("POST /v1/traces HTTP/1.0\r\nConnection: keep-alive\r\nContent-Type: application/x-protobuf\r\n"
                            + "Content-Length: " + BODY.length + "\r\n\r\n")
                    .send(BODY);
            assertThat(wire.status()).isEqualTo(200);
            assertThat(wire.responseHead()).contains("connection: close");
            assertThat(wire.isEnded()).isTrue();
            assertAllIsWell(receiver);
        }
    }

    @Test
    void anUpgradeToH2cIsNotFollowed() throws Exception {
        String upgrade =
                "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n";
        try (RunningReceiver receiver = start();
                Http1Wire wire = new Http1Wire(receiver.httpPort())) {
            wire.send(Http1Wire.head(TRACES, BODY.length, upgrade)).send(BODY);
            assertThat(wire.status()).isEqualTo(200);
            assertThat(wire.responseHead()).startsWith("http/1.1 ");
            wire.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
            assertThat(wire.status()).isEqualTo(400);
            wire.hangUp();
            assertAllIsWell(receiver);
        }
    }
}
