package io.stackhouse.receiver.otlp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.Code;
import io.grpc.CallOptions;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.netty.handler.codec.http2.Http2Headers;
import io.stackhouse.pipeline.Authenticator;
import io.stackhouse.pipeline.AuthenticatorId;
import io.stackhouse.pipeline.ComponentId;
import io.stackhouse.pipeline.Extensions;
import io.stackhouse.pipeline.Secret;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.receiver.auth.AuthConfig;
import io.stackhouse.receiver.auth.BasicAuthConfig;
import io.stackhouse.receiver.auth.BasicAuthFactory;
import io.stackhouse.receiver.auth.BearerTokenConfig;
import io.stackhouse.receiver.auth.BearerTokenFactory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.security.crypto.bcrypt.BCrypt;

/** Ways round authentication, each on every path and transport: nothing gets in, and nothing is learnt. */
@Timeout(120)
class AuthenticationIT {
    private static final String TOKEN = "right-t0ken";
    private static final String RIGHT = "Bearer " + TOKEN;
    private static final byte[] PROFILES = Requests.profiles().toByteArray();
    private static final AuthConfig AUTH = new AuthConfig(AuthenticatorId.parse("auth"));
    private static final List<String> PATHS = List.of(
            "/v1development/profiles",
            "/v1/traces",
            "/v1/traces/",
            "//v1/traces",
            "/v1//traces",
            "/V1/Traces",
            "/v1/traces?a=b",
            "/v1/../v1/traces",
            "/v1/traces;a=b",
            "/%76%31/traces",
            "http://localhost/v1/traces",
            "/",
            "/v1/logs",
            "/health",
            "/metrics");

    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
    }

    private RunningReceiver start(Authenticator authenticator) {
        authenticator.start();
        HttpSettings http = new HttpSettings();
        http.auth = AUTH;
        GrpcSettings grpc = new GrpcSettings();
        grpc.auth = AUTH;
        RunningReceiver receiver = RunningReceiver.start(
                RunningReceiver.config(new OtlpConfig.Protocols(grpc.grpc(), http.http()), 64),
                new Extensions(Map.of(ComponentId.parse("auth"), authenticator)));
        open.add(receiver);
        open.add(authenticator);
        return receiver;
    }

    private static Authenticator bearer() {
        BearerTokenConfig config =
                new BearerTokenConfig("Bearer", new Secret(TOKEN), List.of(), null, Duration.ofSeconds(10));
        return new BearerTokenFactory().create(config, Telemetry.none());
    }

    /** With a hash whose check takes long enough that requests wait for it. */
    private static Authenticator basic() {
        Secret users = new Secret("user:" + BCrypt.hashpw("right", BCrypt.gensalt("$2b", 9)));
        BasicAuthConfig config =
                new BasicAuthConfig(new BasicAuthConfig.Htpasswd(null, users), 64, 64, Duration.ofSeconds(10));
        return new BasicAuthFactory().create(config, Telemetry.none());
    }

    private static String basic(String userAndPassword) {
        return "Basic " + Base64.getEncoder().encodeToString(userAndPassword.getBytes(ISO_8859_1));
    }

    /** Lines of headers that don't show the token, or not as they should. */
    private static Map<String, String> wrongHeaders() {
        Map<String, String> lines = new LinkedHashMap<>();
        lines.put("missing", "");
        lines.put("empty", "Authorization:\r\n");
        lines.put("blank", "Authorization:   \r\n");
        lines.put("scheme alone", "Authorization: Bearer\r\n");
        lines.put("token alone", "Authorization: " + TOKEN + "\r\n");
        lines.put("other scheme", "Authorization: Basic " + TOKEN + "\r\n");
        lines.put("other token", "Authorization: Bearer wrong\r\n");
        lines.put("token in other case", "Authorization: Bearer " + TOKEN.toUpperCase(java.util.Locale.ROOT) + "\r\n");
        lines.put("mixed case name", "aUTHORIZATION: bEARER wrong\r\n");
        lines.put("twice right", ("Authorization: " + RIGHT + "\r\n").repeat(2));
        lines.put("right and wrong", "Authorization: " + RIGHT + "\r\nauthorization: Bearer wrong\r\n");
        lines.put("wrong and right", "Authorization: Bearer wrong\r\nAuthorization: " + RIGHT + "\r\n");
        lines.put("joined by commas", "Authorization: " + RIGHT + ", " + RIGHT + "\r\n");
        lines.put("not ASCII", "Authorization: Bearer right-t\u00f8ken\r\n");
        lines.put("question mark", "Authorization: Bearer right?t0ken\r\n");
        lines.put("other header", "Proxy-Authorization: " + RIGHT + "\r\nX-Authorization: " + RIGHT + "\r\n");
        lines.put("cookie", "Cookie: authorization=" + TOKEN + "\r\n");
        return lines;
    }

    private static byte[] exchange(int port, String head, byte[] body) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(head.getBytes(ISO_8859_1));
            socket.getOutputStream().write(body);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            InputStream in = socket.getInputStream();
            in.transferTo(out);
            return out.toByteArray();
        } catch (SocketException e) {
            return new byte[0]; // closed while it was still written to
        }
    }

    private static String head(String method, String path, String contentType, String more, int length) {
        return method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: " + contentType
                + "\r\nContent-Length: " + length + "\r\n" + more + "\r\n";
    }

    private static int status(byte[] answer) {
        String text = new String(answer, ISO_8859_1);
        return text.startsWith("HTTP/1.1 ") ? Integer.parseInt(text.substring(9, 12)) : 0;
    }

    private static byte[] body(byte[] answer) {
        int end = new String(answer, ISO_8859_1).indexOf("\r\n\r\n");
        return java.util.Arrays.copyOfRange(answer, end + 4, answer.length);
    }

    @Test
    void overHttp1NoWayRoundIsLetInOrTellsWhatIsServed() throws Exception {
        RunningReceiver receiver = start(bearer());
        for (Map.Entry<String, String> wrong : wrongHeaders().entrySet()) {
            byte[] first = null;
            for (String path : PATHS) {
                byte[] answer = exchange(
                        receiver.httpPort(),
                        head("POST", path, "application/x-protobuf", wrong.getValue(), PROFILES.length),
                        PROFILES);
                String name = wrong.getKey() + " at " + path;
                assertThat(status(answer)).as(name).isEqualTo(401);
                assertThat(new String(answer, ISO_8859_1).toLowerCase(java.util.Locale.ROOT))
                        .as(name)
                        .contains("\r\nwww-authenticate: bearer\r\n")
                        .doesNotContain(TOKEN);
                assertThat(com.google.rpc.Status.parseFrom(body(answer)).getCode())
                        .as(name)
                        .isEqualTo(Code.UNAUTHENTICATED_VALUE);
                first = first == null ? answer : first;
                assertThat(answer).as("the same answer everywhere").isEqualTo(first);
            }
        }
        assertNothingCame(receiver);
    }

    @Test
    void overHttp1EveryMethodAndContentTypeIsChecked() throws Exception {
        RunningReceiver receiver = start(bearer());
        for (String method : List.of("POST", "GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE", "CONNECT", "post")) {
            for (String type :
                    List.of("application/x-protobuf", "application/json", "application/grpc", "text/plain")) {
                byte[] answer =
                        exchange(receiver.httpPort(), head(method, "/v1/traces", type, "", 2), new byte[] {'{', '}'});
                assertThat(status(answer)).as("%s %s", method, type).isEqualTo(401);
            }
        }
        assertNothingCame(receiver);
    }

    @Test
    void overHttp1OddRequestsAreRefused() throws Exception {
        RunningReceiver receiver = start(bearer());
        String end = "\r\nContent-Length: " + PROFILES.length + "\r\n";
        String begin = "POST /v1development/profiles HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                + "Content-Type: application/x-protobuf";
        Map<String, String> heads = new LinkedHashMap<>();
        heads.put(
                "upgrade to h2c",
                begin.replace("Connection: close", "Connection: Upgrade, HTTP2-Settings, close")
                        + "\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__" + end + "\r\n");
        heads.put("blank before the colon", begin + "\r\nAuthorization : " + RIGHT + end + "\r\n");
        heads.put("folded line", begin + "\r\nAuthorization: Bearer\r\n wrong" + end + "\r\n");
        heads.put("a value of 1 MB", begin + "\r\nAuthorization: Bearer " + "x".repeat(1 << 20) + end + "\r\n");
        heads.put("HTTP/1.0", begin.replace("HTTP/1.1", "HTTP/1.0") + end + "\r\n");
        heads.put(
                "in the trailers",
                begin + "\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nAuthorization: " + RIGHT + "\r\n\r\n");
        heads.put("expecting 100", begin + "\r\nExpect: 100-continue" + end + "\r\n");
        for (Map.Entry<String, String> each : heads.entrySet()) {
            byte[] answer = exchange(receiver.httpPort(), each.getValue(), PROFILES);
            assertThat(status(answer)).as(each.getKey()).isIn(0, 400, 401, 431);
        }
        assertNothingCame(receiver);
    }

    @Test
    void aSecondRequestOfAConnectionIsCheckedLikeTheFirst() throws Exception {
        RunningReceiver receiver = start(bearer());
        String plain = head("POST", "/v1/traces", "application/x-protobuf", "", 0);
        String right = head("POST", "/v1/traces", "application/x-protobuf", "Authorization: " + RIGHT + "\r\n", 0)
                .replace("Connection: close\r\n", "");
        String text = new String(exchange(receiver.httpPort(), right + plain, new byte[0]), ISO_8859_1);
        assertThat(text).startsWith("HTTP/1.1 200").contains("HTTP/1.1 401");
    }

    @Test
    void theRightTokenIsLetInAndLearnsWhatIsServed() throws Exception {
        RunningReceiver receiver = start(bearer());
        for (String line : List.of("Authorization: " + RIGHT, "aUTHORIZATION:bearer " + TOKEN)) {
            byte[] answer = exchange(
                    receiver.httpPort(),
                    head("POST", "/v1development/profiles", "application/x-protobuf", line + "\r\n", PROFILES.length),
                    PROFILES);
            assertThat(status(answer)).isEqualTo(200);
        }
        assertThat(receiver.profiles.requests).hasSize(2);
        byte[] other = exchange(
                receiver.httpPort(),
                head("POST", "/v1/logs", "application/x-protobuf", "Authorization: " + RIGHT + "\r\n", 0),
                new byte[0]);
        assertThat(status(other)).isEqualTo(404);
    }

    @Test
    void overHttp2NoWayRoundIsLetInOrTellsWhatIsServed() throws Exception {
        RunningReceiver receiver = start(bearer());
        List<List<String>> values = List.of(
                List.of(),
                List.of(""),
                List.of("Bearer"),
                List.of(TOKEN),
                List.of("Basic " + TOKEN),
                List.of("Bearer wrong"),
                List.of(RIGHT, RIGHT),
                List.of(RIGHT + "," + RIGHT));
        for (List<String> each : values) {
            for (String path : PATHS) {
                try (Http2Wire wire = new Http2Wire(receiver.httpPort())) {
                    Http2Headers headers = Http2Wire.post(path);
                    each.forEach(value -> headers.add("authorization", value));
                    wire.request(1, headers, PROFILES);
                    wire.flush();
                    Http2Wire.Answer answer = wire.await(1);
                    assertThat(answer.status).as("%s at %s", each, path).isEqualTo(401);
                    assertThat(answer.headers.get("www-authenticate")).hasToString("Bearer");
                }
            }
        }
        assertNothingCame(receiver);
        try (Http2Wire wire = new Http2Wire(receiver.httpPort())) {
            wire.request(1, Http2Wire.post("/v1development/profiles").add("authorization", RIGHT), PROFILES);
            wire.flush();
            assertThat(wire.await(1).status).isEqualTo(200);
        }
    }

    @Test
    void overGrpcNoWayRoundIsLetInOrTellsWhatIsServed() throws Exception {
        RunningReceiver receiver = start(bearer());
        String export = "opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export";
        List<String> methods = List.of(
                export,
                "opentelemetry.proto.collector.trace.v1.TraceService/Export",
                "opentelemetry.proto.collector.logs.v1.LogsService/Export",
                "grpc.health.v1.Health/Check",
                "grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
                export + "/",
                "/" + export,
                "nothing");
        List<List<String>> values = List.of(
                List.of(),
                List.of(""),
                List.of("Bearer"),
                List.of(TOKEN),
                List.of("Basic " + TOKEN),
                List.of("Bearer wrong"),
                List.of(RIGHT, RIGHT),
                List.of("Bearer wrong", RIGHT),
                List.of(RIGHT + "," + RIGHT));
        ManagedChannel channel = channel(receiver);
        for (List<String> each : values) {
            for (String method : methods) {
                StatusRuntimeException refused = call(channel, method, each, PROFILES);
                assertThat(refused.getStatus().getCode())
                        .as("%s with %s", method, each)
                        .isEqualTo(Status.Code.UNAUTHENTICATED);
                assertThat(refused.getTrailers().get(key("www-authenticate"))).isEqualTo("Bearer");
                assertThat(String.valueOf(refused.getMessage())).doesNotContain(TOKEN);
            }
        }
        assertThat(call(channel, export, List.of("Bearer " + "x".repeat(1 << 20)), PROFILES))
                .isNotNull();
        assertNothingCame(receiver);
        assertThat(call(channel, export, List.of(RIGHT), PROFILES)).isNull();
        assertThat(receiver.profiles.requests).hasSize(1);
        assertThat(call(channel, "grpc.health.v1.Health/Check", List.of(RIGHT), PROFILES)
                        .getStatus()
                        .getCode())
                .isEqualTo(Status.Code.UNIMPLEMENTED);
    }

    @Test
    void aCheckThatTakesLongHoldsTheRequestAndLosesNothingOfIt() throws Exception {
        RunningReceiver receiver = start(basic());
        byte[] large = Requests.padded(PROFILES, 700_000);
        for (String user : List.of("user:wrong", "nobody:right", "user:right")) {
            int expected = user.equals("user:right") ? 200 : 401;
            for (int i = 0; i < 2; i++) { // the second time it is remembered
                String line = "Authorization: " + basic(user) + "\r\n";
                byte[] answer = exchange(
                        receiver.httpPort(),
                        head("POST", "/v1development/profiles", "application/x-protobuf", line, large.length),
                        large);
                assertThat(status(answer)).as(user).isEqualTo(expected);
            }
        }
        assertThat(receiver.profiles.requests).hasSize(2);
        assertThat(receiver.profiles.requests.get(0).body()).isEqualTo(large);
    }

    @Test
    void aCheckThatTakesLongHoldsHttp2RequestsAndCalls() throws Exception {
        byte[] large = Requests.padded(PROFILES, 300_000);
        RunningReceiver http = start(basic());
        try (Http2Wire wire = new Http2Wire(http.httpPort())) {
            Http2Headers headers = Http2Wire.post("/v1development/profiles").add("authorization", basic("user:right"));
            wire.frame(Http2Wire.HEADERS, Http2Wire.END_HEADERS, 1, wire.block(1, headers));
            wire.body(1, large);
            assertThat(wire.await(1).status).isEqualTo(200);
        }
        assertThat(http.profiles.requests.get(0).body()).isEqualTo(large);
        RunningReceiver grpc = start(basic());
        String export = "opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export";
        ManagedChannel channel = channel(grpc);
        assertThat(call(channel, export, List.of(basic("user:wrong")), large)
                        .getStatus()
                        .getCode())
                .isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(call(channel, export, List.of(basic("user:right")), large)).isNull();
        assertThat(call(channel, export, List.of(basic("user:right")), large)).isNull();
        assertThat(grpc.profiles.requests).hasSize(2);
        assertThat(grpc.profiles.requests.get(0).body()).isEqualTo(large);
    }

    private static void assertNothingCame(RunningReceiver receiver) {
        long counted = receiver.readings.sum("otelcol_receiver_unauthenticated_requests", "receiver", "otlp");
        assertThat(counted).isPositive();
        assertThat(receiver.profiles.requests).isEmpty();
        assertThat(receiver.traces.requests).isEmpty();
    }

    private ManagedChannel channel(RunningReceiver receiver) {
        ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", receiver.grpcPort())
                .usePlaintext()
                .build();
        open.add(channel::shutdownNow);
        return channel;
    }

    private static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }

    /** Null when the call succeeds. */
    private static @Nullable StatusRuntimeException call(
            ManagedChannel channel, String method, List<String> authorization, byte[] message) {
        MethodDescriptor<byte[], byte[]> descriptor = MethodDescriptor.<byte[], byte[]>newBuilder()
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName(method)
                .setRequestMarshaller(new GrpcBody.AnswerMarshaller())
                .setResponseMarshaller(new GrpcBody.AnswerMarshaller())
                .build();
        Metadata headers = new Metadata();
        authorization.forEach(value -> headers.put(key("authorization"), value));
        try {
            ClientCalls.blockingUnaryCall(
                    ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers)),
                    descriptor,
                    CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS),
                    message);
            return null;
        } catch (StatusRuntimeException e) {
            return e;
        }
    }
}
