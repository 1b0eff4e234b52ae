package io.stackhouse.receiver.otlp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.rpc.Status;
import io.netty.handler.codec.http2.Http2Headers;
import io.stackhouse.pipeline.ByteSize;
import io.stackhouse.pipeline.Signal;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients that don't keep to anything get of the gRPC port: they write their frames themselves. */
@Timeout(60)
class GrpcLimitsIT {
    private static final String SERVICE = "/opentelemetry.proto.collector.profiles.v1development.ProfilesService/";
    private static final String EXPORT = SERVICE + "Export";
    private static final int OK = 0;
    private static final int INVALID_ARGUMENT = 3;
    private static final int DEADLINE_EXCEEDED = 4;
    private static final int RESOURCE_EXHAUSTED = 8;
    private static final int UNIMPLEMENTED = 12;

    private final GrpcSettings settings = new GrpcSettings();

    private RunningReceiver start() {
        return RunningReceiver.start(settings.config(), Signal.PROFILES);
    }

    private static Http2Headers call(String path) {
        return Http2Wire.post(path).set("content-type", "application/grpc").set("te", "trailers");
    }

    private static byte[] framed(boolean isCompressed, byte[] message) {
        return ByteBuffer.allocate(5 + message.length)
                .put((byte) (isCompressed ? 1 : 0))
                .putInt(message.length)
                .put(message)
                .array();
    }

    /** Memory is given back a moment after the answer. */
    private static void assertAllIsGivenBack(RunningReceiver receiver) {
        await().atMost(Duration.ofSeconds(10)).until(() -> receiver.readings.bytesInFlight() == 0);
    }

    private static Http2Wire.Answer send(RunningReceiver receiver, Http2Headers headers, byte[] body)
            throws IOException {
        try (Http2Wire wire = new Http2Wire(receiver.grpcPort())) {
            wire.frame(Http2Wire.HEADERS, Http2Wire.END_HEADERS, 1, wire.block(1, headers));
            wire.body(1, body);
            return wire.await(1);
        }
    }

    private static int code(Http2Wire.Answer answer) {
        return Integer.parseInt(answer.headers.get("grpc-status").toString());
    }

    private static Http2Wire.Answer send(RunningReceiver receiver, Compressed as, byte[] plain) throws IOException {
        Http2Headers headers = call(EXPORT).set("grpc-encoding", as.encoding.label());
        return send(receiver, headers, framed(as != Compressed.IDENTITY, as.of(plain)));
    }

    @ParameterizedTest
    @EnumSource(Compressed.class)
    void takesMessagesAtTheLimitAndNoByteMore(Compressed as) throws Exception {
        byte[] plain = Requests.profiles().toByteArray();
        try (RunningReceiver receiver = start()) {
            assertThat(code(send(receiver, as, plain))).isEqualTo(OK);
            assertThat(receiver.profiles.requests.get(0).body()).isEqualTo(plain);
            byte[] atLimit = Requests.padded(plain, RunningReceiver.MAX_BODY_BYTES);
            assertThat(code(send(receiver, as, atLimit))).isEqualTo(OK);
            Http2Wire.Answer over = send(receiver, as, Requests.padded(plain, RunningReceiver.MAX_BODY_BYTES + 1));
            assertThat(code(over)).isEqualTo(RESOURCE_EXHAUSTED);
            assertThat(details(over).getDetailsCount())
                    .as("must not be retried")
                    .isZero();
            assertThat(over.headers.get("grpc-message").toString()).contains("max_recv_msg_size_mib");
            assertAllIsGivenBack(receiver);
        }
    }

    private static Status details(Http2Wire.Answer answer) throws IOException {
        return Status.parseFrom(Base64.getDecoder()
                .decode(answer.headers.get("grpc-status-details-bin").toString()));
    }

    @ParameterizedTest
    @EnumSource(value = Compressed.class, names = "IDENTITY", mode = Mode.EXCLUDE)
    void damagedMessagesAreNotToBeSentAgain(Compressed as) throws Exception {
        byte[] good = as.of(Requests.profiles().toByteArray());
        Http2Headers headers = call(EXPORT).set("grpc-encoding", as.encoding.label());
        try (RunningReceiver receiver = start()) {
            byte[] cut = Arrays.copyOf(good, good.length - 1);
            byte[] trailing = Arrays.copyOf(good, good.length + 3);
            for (byte[] bad : new byte[][] {cut, trailing, {}, "no compression at all".getBytes(UTF_8)}) {
                Http2Wire.Answer answer = send(receiver, headers, framed(true, bad));
                assertThat(code(answer)).isEqualTo(INVALID_ARGUMENT);
                assertThat(details(answer).getDetails(0).getTypeUrl()).endsWith("google.rpc.BadRequest");
            }
            assertThat(receiver.profiles.requests).isEmpty();
            assertAllIsGivenBack(receiver);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip, gzip", "gzip,identity", "br"})
    void otherEncodingsAreUnimplemented(String encoding) throws Exception {
        try (RunningReceiver receiver = start()) {
            Http2Headers headers = call(EXPORT).set("grpc-encoding", encoding);
            assertThat(code(send(receiver, headers, framed(true, new byte[9])))).isEqualTo(UNIMPLEMENTED);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                SERVICE + "Import",
                "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
                "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
                "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
                EXPORT + "/"
            })
    void otherMethodsAndServicesAreUnimplemented(String path) throws Exception {
        try (RunningReceiver receiver = start()) {
            assertThat(code(send(receiver, call(path), framed(false, new byte[0]))))
                    .isEqualTo(UNIMPLEMENTED);
        }
    }

    @Test
    void namesTheEncodingsItTakes() throws Exception {
        try (RunningReceiver receiver = start();
                Http2Wire wire = new Http2Wire(receiver.grpcPort())) {
            wire.request(1, call(EXPORT), framed(false, new byte[0]));
            wire.flush();
            Http2Wire.Answer answer = wire.answer(1);
            while (answer.status == 0) {
                wire.readFrame();
            }
            assertThat(answer.headers.get("grpc-accept-encoding").toString().split(","))
                    .contains("gzip", "zstd", "snappy", "deflate", "lz4");
        }
    }

    @Test
    void aFrameThatPromisesTooMuchIsRefusedBeforeItsMessageComes() throws Exception {
        try (RunningReceiver receiver = start();
                Http2Wire wire = new Http2Wire(receiver.grpcPort())) {
            wire.frame(Http2Wire.HEADERS, Http2Wire.END_HEADERS, 1, wire.block(1, call(EXPORT)));
            wire.frame(Http2Wire.DATA, 0, 1, new byte[] {0, 0x7f, -1, -1, -1});
            wire.flush();
            assertThat(code(wire.await(1))).isEqualTo(RESOURCE_EXHAUSTED);
        }
    }

    @Test
    void messagesThatAreFramedWronglyOrNotOneAreRefused() throws Exception {
        byte[] one = framed(false, Requests.profiles().toByteArray());
        byte[] two = Arrays.copyOf(one, 2 * one.length);
        System.arraycopy(one, 0, two, one.length, one.length);
        byte[] reserved = one.clone();
        reserved[0] = 2;
        byte[] compressedWithout = one.clone();
        compressedWithout[0] = 1;
        try (RunningReceiver receiver = start()) {
            for (byte[] body : new byte[][] {two, reserved, compressedWithout, Arrays.copyOf(one, one.length - 1)}) {
                assertThat(code(send(receiver, call(EXPORT), body))).isEqualTo(INVALID_ARGUMENT);
            }
            assertAllIsGivenBack(receiver);
        }
    }

    @Test
    void aMessageThatComesTooSlowlyIsEnded() throws Exception {
        settings.minBodyRateGrace = Duration.ofMillis(200);
        try (RunningReceiver receiver = start();
                Http2Wire wire = new Http2Wire(receiver.grpcPort())) {
            wire.frame(Http2Wire.HEADERS, Http2Wire.END_HEADERS, 1, wire.block(1, call(EXPORT)));
            wire.frame(Http2Wire.DATA, 0, 1, new byte[] {0, 0, 0, 1, 0, 1});
            wire.flush();
            Http2Wire.Answer answer = wire.await(1);
            assertThat(code(answer)).isEqualTo(DEADLINE_EXCEEDED);
            assertThat(answer.headers.get("grpc-message").toString()).contains("min_body_rate");
            assertThat(receiver.readings.limited(HttpLimit.MIN_BODY_RATE)).isEqualTo(1);
            assertAllIsGivenBack(receiver);
        }
    }

    @Test
    void anAnswerThatIsNotTakenIsResetInTheEnd() throws Exception {
        settings.writeTimeout = Duration.ofMillis(200);
        try (RunningReceiver receiver = start();
                Http2Wire wire = new Http2Wire(receiver.grpcPort())) {
            // INITIAL_WINDOW_SIZE = 0: nothing of an answer may be sent.
            wire.frame(Http2Wire.SETTINGS, 0, 0, new byte[] {0, 4, 0, 0, 0, 0});
            wire.request(1, call(EXPORT), framed(false, Requests.profiles().toByteArray()));
            wire.flush();
            assertThat(wire.await(1).resetCode).isNotNegative();
            assertThat(receiver.readings.limited(HttpLimit.WRITE_TIMEOUT)).isEqualTo(1);
        }
    }

    @Test
    void callsBeyondTheStreamsOfAConnectionAreRefused() throws Exception {
        settings.maxConcurrentStreams = 2;
        try (RunningReceiver receiver = start();
                Http2Wire wire = new Http2Wire(receiver.grpcPort())) {
            wire.ping();
            for (int stream = 1; stream <= 5; stream += 2) {
                wire.frame(Http2Wire.HEADERS, Http2Wire.END_HEADERS, stream, wire.block(stream, call(EXPORT)));
            }
            wire.flush();
            assertThat(wire.await(5).resetCode).isEqualTo(Http2Wire.REFUSED_STREAM);
        }
    }

    @Test
    void aConnectionThatResetsItsCallsAllTheTimeIsSentAway() throws Exception {
        settings.maxResetsPerMinute = 20;
        try (RunningReceiver receiver = start();
                Http2Wire wire = new Http2Wire(receiver.grpcPort())) {
            for (int i = 0; i < 100; i++) {
                int stream = 2 * i + 1;
                wire.frame(Http2Wire.HEADERS, Http2Wire.END_HEADERS, stream, wire.block(stream, call(EXPORT)));
                wire.frame(Http2Wire.RST_STREAM, 0, stream, Http2Wire.bytes(8));
            }
            wire.flushUnlessClosed();
            assertThat(wire.awaitClose()).isEqualTo(Http2Wire.ENHANCE_YOUR_CALM);
            assertThat(code(send(receiver, call(EXPORT), framed(false, new byte[0]))))
                    .isEqualTo(OK);
        }
    }

    @Test
    void headersBeyondTheLimitAreRefused() throws Exception {
        settings.maxHeaderListSize = new ByteSize(2_048);
        try (RunningReceiver receiver = start()) {
            Http2Headers large = call(EXPORT).set("x-large", "x".repeat(1_900));
            assertThat(send(receiver, large, framed(false, new byte[0])).status).isEqualTo(431);
        }
    }

    @Test
    void aConnectionThatSaysNothingIsClosed() throws Exception {
        settings.handshakeTimeout = Duration.ofSeconds(2);
        try (RunningReceiver receiver = start();
                Socket silent = new Socket(InetAddress.getLoopbackAddress(), receiver.grpcPort())) {
            silent.setSoTimeout(10_000);
            silent.getOutputStream().write("PRI * HT".getBytes(UTF_8));
            while (silent.getInputStream().read() >= 0) {
                // The server's settings.
            }
            assertThat(receiver.readings.limited(HttpLimit.HANDSHAKE_TIMEOUT)).isEqualTo(1);
        }
    }

    @Test
    void connectionsBeyondTheLimitAreClosedAtOnce() throws Exception {
        settings.maxConnections = 2;
        try (RunningReceiver receiver = start();
                Http2Wire first = new Http2Wire(receiver.grpcPort());
                Http2Wire second = new Http2Wire(receiver.grpcPort())) {
            first.ping();
            second.ping();
            try (Socket third = new Socket(InetAddress.getLoopbackAddress(), receiver.grpcPort())) {
                third.setSoTimeout(10_000);
                assertThat(isClosed(third)).isTrue();
            }
            assertThat(receiver.readings.limited(HttpLimit.MAX_CONNECTIONS)).isEqualTo(1);
            first.ping();
        }
    }

    @Test
    void connectionsOfOnePeerBeyondTheLimitAreClosedAtOnce() throws Exception {
        settings.maxConnectionsPerPeer = 1;
        try (RunningReceiver receiver = start();
                Http2Wire first = new Http2Wire(receiver.grpcPort())) {
            first.ping();
            try (Socket second = new Socket(InetAddress.getLoopbackAddress(), receiver.grpcPort())) {
                second.setSoTimeout(10_000);
                assertThat(isClosed(second)).isTrue();
            }
            assertThat(receiver.readings.limited(HttpLimit.MAX_CONNECTIONS_PER_PEER))
                    .isEqualTo(1);
        }
    }

    @Test
    void aConnectionWhoseClientHasVanishedIsClosed() throws Exception {
        KeepaliveConfig defaults = settings.keepalive;
        // gRPC waits for 10 s at least before it asks whether anybody is there.
        settings.keepalive = new KeepaliveConfig(
                new KeepaliveConfig.ServerParameters(
                        Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ofSeconds(10), Duration.ofMillis(500)),
                defaults.enforcementPolicy());
        try (RunningReceiver receiver = start();
                Http2Wire halfOpen = new Http2Wire(receiver.grpcPort())) {
            halfOpen.waitFor(Duration.ofSeconds(30));
            // It takes what comes, as its kernel would, and answers no ping.
            halfOpen.frame(Http2Wire.HEADERS, Http2Wire.END_HEADERS, 1, halfOpen.block(1, call(EXPORT)));
            halfOpen.flush();
            halfOpen.awaitClose();
            assertAllIsGivenBack(receiver);
        }
    }

    @Test
    void aConnectionWithoutCallsIsSentAway() throws Exception {
        KeepaliveConfig defaults = settings.keepalive;
        KeepaliveConfig.ServerParameters server = defaults.serverParameters();
        settings.keepalive = new KeepaliveConfig(
                new KeepaliveConfig.ServerParameters(
                        Duration.ofMillis(300), Duration.ZERO, Duration.ofMillis(100), server.time(), server.timeout()),
                defaults.enforcementPolicy());
        try (RunningReceiver receiver = start();
                Http2Wire idle = new Http2Wire(receiver.grpcPort())) {
            int frame = idle.readFrame();
            while (frame != Http2Wire.GOAWAY) {
                frame = idle.readFrame();
            }
        }
    }

    private static boolean isClosed(Socket socket) {
        try {
            return socket.getInputStream().read() < 0;
        } catch (IOException e) {
            return true;
        }
    }
}
