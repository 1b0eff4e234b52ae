package io.stackhouse.receiver.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.Status;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.stackhouse.pipeline.Ack;
import io.stackhouse.pipeline.ByteSize;
import io.stackhouse.pipeline.Signal;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What hostile and broken HTTP/2 clients get, and that nothing is left of them. */
@Timeout(60)
class Http2LimitsIT {
    private static final String TRACES = "/v1/traces";
    private static final byte[] BODY = Requests.traces(1).toByteArray();
    private static final Duration SOON = Duration.ofMillis(300);
    private static final int PROTOCOL_ERROR = 1;

    private final HttpSettings settings = new HttpSettings();

    private RunningReceiver start() {
        return start(1);
    }

    private RunningReceiver start(int maxInFlight) {
        OtlpConfig.Protocols protocols = new OtlpConfig.Protocols(null, settings.http());
        return RunningReceiver.start(settings.config(protocols, maxInFlight), Signal.values());
    }

    private static OtlpConfig.Http2 limits(int streams, int resets, int controlFrames, int queuedControlFrames) {
        OtlpConfig.Http2 base = OtlpConfig.Http2.defaults();
        return new OtlpConfig.Http2(
                streams,
                base.floodWindow(),
                resets,
                controlFrames,
                queuedControlFrames,
                base.maxEmptyFrames(),
                base.maxContinuations());
    }

    private static byte[] head(Http2Wire wire, int stream) {
        return wire.block(stream, Http2Wire.post(TRACES));
    }

    private static void assertToldToCalmDown(RunningReceiver receiver, Http2Wire wire, HttpLimit limit)
            throws IOException {
        assertThat(wire.awaitClose()).isEqualTo(Http2Wire.ENHANCE_YOUR_CALM);
        assertThat(receiver.readings.limited(limit)).isGreaterThanOrEqualTo(1);
        wire.hangUp();
        HttpLimitsIT.assertAllIsWell(receiver);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void resetsStreamsBeyondTheLimitAlsoWhenTheClientIgnoresOurSettings(boolean isPolite) throws Exception {
        settings.http2 = limits(2, 200, 1000, 1000);
        try (RunningReceiver receiver = start(8);
                Http2Wire wire = new Http2Wire(receiver.httpPort(), isPolite)) {
            receiver.traces.isHolding = true;
            for (int stream = 1; stream <= 5; stream += 2) {
                wire.request(stream, Http2Wire.post(TRACES), BODY);
            }
            wire.flush();
            assertThat(wire.await(5).resetCode).isEqualTo(Http2Wire.REFUSED_STREAM);
            assertThat(receiver.readings.limited(HttpLimit.MAX_CONCURRENT_STREAMS))
                    .isEqualTo(1);
            for (int stream = 1; stream <= 3; stream += 2) {
                Ack ack = receiver.traces.held.poll(10, TimeUnit.SECONDS);
                ack.accepted();
            }
            assertThat(wire.await(1).status).isEqualTo(200);
            assertThat(wire.await(3).status).isEqualTo(200);
            receiver.traces.isHolding = false;
            wire.request(7, Http2Wire.post(TRACES), BODY);
            wire.flush();
            assertThat(wire.await(7).status).isEqualTo(200);
            wire.hangUp();
            HttpLimitsIT.assertAllIsWell(receiver);
        }
    }

    @Test
    void endsAFloodOfStreams() throws Exception {
        settings.http2 = limits(10, 50, 1000, 1000);
        try (RunningReceiver receiver = start();
                Http2Wire wire = new Http2Wire(receiver.httpPort())) {
            for (int i = 0; i < 1000; i++) {
                wire.frame(Http2Wire.HEADERS, Http2Wire.END_HEADERS, 2 * i + 1, head(wire, 2 * i + 1));
            }
            wire.flushUnlessClosed();
            assertToldToCalmDown(receiver, wire, HttpLimit.MAX_RESETS);
        }
    }

    @Test
    void endsARapidReset() throws Exception {
        settings.http2 = limits(100, 50, 1000, 1000);
        try (RunningReceiver receiver = start();
                Http2Wire wire = new Http2Wire(receiver.httpPort())) {
            for (int i = 0; i < 1000; i++) {
                int stream = 2 * i + 1;
                wire.frame(Http2Wire.HEADERS, Http2Wire.END_HEADERS, stream, head(wire, stream));
                wire.frame(Http2Wire.RST_STREAM, 0, stream, Http2Wire.bytes(8));
            }
            wire.flushUnlessClosed();
            assertToldToCalmDown(receiver, wire, HttpLimit.MAX_RESETS);
        }
    }

    @Test
    void takesAsManyResetsAsAreAllowed() throws Exception {
        settings.http2 = limits(100, 50, 1000, 1000);
        try (RunningReceiver receiver = start(100);
                Http2Wire wire = new Http2Wire(receiver.httpPort())) {
            for (int i = 0; i < 50; i++) {
                int stream = 2 * i + 1;
                wire.frame(Http2Wire.HEADERS, Http2Wire.END_HEADERS, stream, head(wire, stream));
                wire.frame(Http2Wire.RST_STREAM, 0, stream, Http2Wire.bytes(8));
            }
            wire.request(101, Http2Wire.post(TRACES), BODY);
            wire.flush();
            assertThat(wire.await(101).status).isEqualTo(200);
        }
    }

    @Test
    void endsAFloodOfContinuations() throws Exception {
        try (RunningReceiver receiver = start();
                Http2Wire wire = new Http2Wire(receiver.httpPort())) {
            wire.frame(Http2Wire.HEADERS, 0, 1, head(wire, 1));
            for (int i = 0; i < 1000; i++) {
                wire.frame(Http2Wire.CONTINUATION, 0, 1);
            }
            wire.flushUnlessClosed();
            assertToldToCalmDown(receiver, wire, HttpLimit.MAX_CONTINUATIONS);
        }
    }

    @Test
    void endsAFloodOfEmptyData() throws Exception {
        try (RunningReceiver receiver = start();
                Http2Wire wire = new Http2Wire(receiver.httpPort())) {
            wire.frame(Http2Wire.HEADERS, Http2Wire.END_HEADERS, 1, head(wire, 1));
            for (int i = 0; i < 100; i++) {
                wire.frame(Http2Wire.DATA, 0, 1);
            }
            wire.flushUnlessClosed();
            assertToldToCalmDown(receiver, wire, HttpLimit.MAX_EMPTY_FRAMES);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {Http2Wire.PING, Http2Wire.SETTINGS, Http2Wire.PRIORITY, Http2Wire.WINDOW_UPDATE, 0x42})
    void endsAFloodOfControlFrames(int type) throws Exception {
        settings.http2 = limits(100, 200, 100, 1000);
        byte[] payload = new byte
                [type == Http2Wire.PING ? 8 : type == Http2Wire.PRIORITY ? 5 : type == Http2Wire.SETTINGS ? 0 : 4];
        if (type == Http2Wire.WINDOW_UPDATE) {
            payload[3] = 1;
        }
        int stream = type == Http2Wire.PRIORITY ? 1 : 0;
        try (RunningReceiver receiver = start();
                Http2Wire wire = new Http2Wire(receiver.httpPort())) {
            // The client's own settings and their acknowledgement count too.
            for (int i = 0; i < 98; i++) {
                wire.frame(type, 0, stream, payload);
            }
            wire.request(1, Http2Wire.post(TRACES), BODY);
            wire.flush();
            assertThat(wire.await(1).status).as("so many are fine").isEqualTo(200);
            for (int i = 0; i < 13; i++) {
                wire.frame(type, 0, stream, payload);
            }
            wire.flushUnlessClosed();
            assertToldToCalmDown(receiver, wire, HttpLimit.MAX_CONTROL_FRAMES);
        }
    }

    @Test
    void endsAFloodOfPingsWhoseAnswersNobodyReads() throws Exception {
        settings.http2 = limits(100, 200, Integer.MAX_VALUE, 100);
        settings.maxConnections = 1;
        try (RunningReceiver receiver = start();
                Http2Wire wire = new Http2Wire(receiver.httpPort())) {
            while (!wire.isClosed()) {
                for (int i = 0; i < 1000; i++) {
                    wire.frame(Http2Wire.PING, 0, 0, new byte[8]);
                }
                wire.flushUnlessClosed();
            }
            assertThat(receiver.readings.limited(HttpLimit.MAX_QUEUED_CONTROL_FRAMES))
                    .isGreaterThanOrEqualTo(1);
            HttpLimitsIT.assertAllIsWell(receiver);
        }
    }

    @Test
    void resetsAStreamWhoseAnswerIsNotTaken() throws Exception {
        settings.writeTimeout = SOON;
        try (RunningReceiver receiver = start();
                Http2Wire wire = new Http2Wire(receiver.httpPort())) {
            byte[] noWindow = {0, 4, 0, 0, 0, 0};
            wire.frame(Http2Wire.SETTINGS, 0, 0, noWindow);
            wire.request(1, Http2Wire.post("/nowhere"), BODY);
            wire.flush();
            assertThat(wire.await(1).resetCode).isNotNegative();
            assertThat(wire.answer(1).status).isEqualTo(404);
            assertThat(wire.answer(1).body.size()).isZero();
            assertThat(receiver.readings.limited(HttpLimit.WRITE_TIMEOUT)).isEqualTo(1);
            wire.request(3, Http2Wire.post(TRACES), BODY);
            wire.flush();
            assertThat(wire.await(3).status)
                    .as("an answer without body needs no window")
                    .isEqualTo(200);
            wire.hangUp();
            HttpLimitsIT.assertAllIsWell(receiver);
        }
    }

    @Test
    void takesHeadersAtTheLimitAndNoByteMore() throws Exception {
        settings.maxHeaderSize = new ByteSize(1024);
        Http2Headers bare = Http2Wire.post(TRACES);
        int size = 0;
        for (var header : bare) {
            size += header.getKey().length() + header.getValue().length() + 32;
        }
        size += 1 + 32;
        try (RunningReceiver receiver = start();
                Http2Wire wire = new Http2Wire(receiver.httpPort())) {
            for (int more = 0; more <= 1; more++) {
                int stream = 1 + 2 * more;
                wire.request(stream, Http2Wire.post(TRACES).set("x", "x".repeat(1024 - size + more)), BODY);
                wire.flush();
                assertThat(wire.await(stream).status).isEqualTo(more == 0 ? 200 : 431);
            }
            assertThat(Status.parseFrom(wire.answer(3).body.toByteArray()).getMessage())
                    .contains("max_header_size");
            assertThat(receiver.readings.limited(HttpLimit.MAX_HEADER_SIZE)).isEqualTo(1);
            wire.request(5, Http2Wire.post(TRACES), BODY);
            wire.flush();
            assertThat(wire.await(5).status).isEqualTo(200);
            wire.hangUp();
            HttpLimitsIT.assertAllIsWell(receiver);
        }
    }

    @Test
    void endsABodyThatStallsAndServesTheOtherStreams() throws Exception {
        settings.minBodyRate = new ByteSize(1000);
        settings.minBodyRateGrace = SOON;
        try (RunningReceiver receiver = start(2);
                Http2Wire wire = new Http2Wire(receiver.httpPort())) {
            wire.frame(Http2Wire.HEADERS, Http2Wire.END_HEADERS, 1, head(wire, 1));
            wire.frame(Http2Wire.DATA, 0, 1, new byte[10]);
            wire.request(3, Http2Wire.post(TRACES), BODY);
            wire.flush();
            assertThat(wire.await(3).status).isEqualTo(200);
            assertThat(wire.await(1).status).isEqualTo(408);
            while (wire.answer(1).resetCode < 0) {
                wire.readFrame();
            }
            assertThat(wire.answer(1).resetCode).as("NO_ERROR").isZero();
            wire.request(5, Http2Wire.post(TRACES), BODY);
            wire.flush();
            assertThat(wire.await(5).status).isEqualTo(200);
            wire.hangUp();
            HttpLimitsIT.assertAllIsWell(receiver);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void endsAConnectionWhoseFirstRequestDoesNotCome(boolean isBegun) throws Exception {
        settings.readHeaderTimeout = SOON;
        try (RunningReceiver receiver = start();
                Http2Wire wire = new Http2Wire(receiver.httpPort())) {
            if (isBegun) {
                wire.frame(Http2Wire.HEADERS, 0, 1, head(wire, 1));
                wire.flush();
            }
            assertThat(wire.awaitClose()).isZero();
            assertThat(receiver.readings.limited(HttpLimit.READ_HEADER_TIMEOUT)).isEqualTo(1);
            wire.hangUp();
            HttpLimitsIT.assertAllIsWell(receiver);
        }
    }

    @Test
    void endsAnIdleConnection() throws Exception {
        settings.idleTimeout = SOON;
        try (RunningReceiver receiver = start();
                Http2Wire wire = new Http2Wire(receiver.httpPort())) {
            wire.request(1, Http2Wire.post(TRACES), BODY);
            wire.flush();
            assertThat(wire.await(1).status).isEqualTo(200);
            assertThat(wire.awaitClose()).isZero();
            assertThat(receiver.readings.limited(HttpLimit.IDLE_TIMEOUT)).isEqualTo(1);
            wire.hangUp();
            HttpLimitsIT.assertAllIsWell(receiver);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "content-length=3",
                "content-length=99",
                "content-length=-1",
                "content-length=x",
                "transfer-encoding=chunked",
                "connection=close",
                "Upper=case",
                ":unknown=1",
                "x=a\r\nb",
            })
    void refusesMalformedRequests(String header) throws Exception {
        int equals = header.indexOf('=');
        try (RunningReceiver receiver = start();
                Http2Wire wire = new Http2Wire(receiver.httpPort())) {
            Http2Headers headers = new DefaultHttp2Headers(false)
                    .setAll(Http2Wire.post(TRACES))
                    .add(header.substring(0, equals), header.substring(equals + 1));
            wire.request(1, headers, BODY);
            wire.flush();
            assertRefused(wire);
            assertThat(receiver.traces.requests).isEmpty();
            wire.hangUp();
            HttpLimitsIT.assertAllIsWell(receiver);
        }
    }

    /** A malformed request is a stream error, of PROTOCOL_ERROR, or an answer with 400. */
    private static void assertRefused(Http2Wire wire) throws IOException {
        Http2Wire.Answer answer = wire.await(1);
        assertThat(answer.status == 400 || answer.resetCode == PROTOCOL_ERROR)
                .as("status %d, reset %d", answer.status, answer.resetCode)
                .isTrue();
    }

    @Test
    void aClientThatGoesGivesAllItsPlacesBack() throws Exception {
        try (RunningReceiver receiver = start(3)) {
            try (Http2Wire wire = new Http2Wire(receiver.httpPort())) {
                receiver.traces.isHolding = true;
                wire.request(1, Http2Wire.post(TRACES), BODY);
                wire.frame(Http2Wire.HEADERS, Http2Wire.END_HEADERS, 3, head(wire, 3));
                wire.frame(Http2Wire.HEADERS, Http2Wire.END_HEADERS, 5, head(wire, 5));
                wire.request(7, Http2Wire.post(TRACES), BODY);
                wire.flush();
                assertThat(wire.await(7).status).isEqualTo(503);
                assertThat(receiver.traces.held.poll(10, TimeUnit.SECONDS)).isNotNull();
            }
            receiver.traces.isHolding = false;
            HttpLimitsIT.assertAllIsWell(receiver);
        }
    }
}
