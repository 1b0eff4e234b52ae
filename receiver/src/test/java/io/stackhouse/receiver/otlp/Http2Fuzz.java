package io.stackhouse.receiver.otlp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.stackhouse.pipeline.testing.SteeredRandom;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Random;

/**
 * HTTP/2 frames in an order that the fuzzer's bytes choose, mostly well-formed: streams, header fields, bodies, resets, settings, and
 * what happens between them.
 */
public final class Http2Fuzz {
    private static final int MAX_STEPS = 64;

    private static final String[] METHODS = {"POST", "GET", "PUT", "CONNECT", "OPTIONS", "post", ""};
    private static final String[] PATHS = {
        "/v1/traces",
        "/v1development/profiles",
        "/",
        "*",
        "/v1/traces?x=1",
        "//v1/traces",
        "v1/traces",
        "/v1/metrics",
        ""
    };
    private static final String[] TYPES = {
        "application/x-protobuf", "application/json", "text/plain", "application/grpc", ""
    };
    private static final String[] ENCODINGS = {"gzip", "identity", "zstd", "deflate", "br", "gzip, gzip", ""};
    private static final String[] NAMES = {
        "content-length",
        "otlp-profiles-development-version",
        "te",
        "connection",
        "expect",
        "x-long",
        "Upper-Case",
        ":path",
        "transfer-encoding",
        "authorization",
        "cookie",
        "host"
    };
    private static final String[] VALUES = {
        "0",
        "1",
        "5",
        "-1",
        "99999999999",
        "trailers",
        "100-continue",
        "chunked",
        "close",
        "Bearer x",
        "a\r\nb",
        "\u0000",
        ""
    };
    private static final byte[][] BODIES = {
        new byte[0],
        Requests.traces(2).toByteArray(),
        Requests.profiles().toByteArray(),
        Requests.profilesOneBad().toByteArray(),
        Requests.gzip(Requests.traces(1).toByteArray()),
        new byte[20_000],
    };

    private final Random random;
    private final FuzzedConnection connection;
    private final DefaultHttp2HeadersEncoder encoder = new DefaultHttp2HeadersEncoder();
    private int lastStream = 1;

    private Http2Fuzz(Random random, FuzzedConnection connection) {
        this.random = random;
        this.connection = connection;
    }

    public static void fuzzerTestOneInput(byte[] steering) throws Http2Exception {
        try (FuzzedConnection connection = new FuzzedConnection()) {
            new Http2Fuzz(new SteeredRandom(steering, 0, steering.length), connection).run(steering.length);
        }
    }

    private void run(int steeringBytes) throws Http2Exception {
        ByteBuf preface = Http2CodecUtil.connectionPrefaceBuf();
        byte[] first = new byte[preface.readableBytes()];
        preface.readBytes(first).release();
        send(first);
        frame(Http2Wire.SETTINGS, 0, 0, new byte[0]);
        for (int i = 0; i < Math.min(MAX_STEPS, steeringBytes) && connection.isReading(); i++) {
            step();
        }
        connection.runWork();
        connection.answers();
    }

    private void step() throws Http2Exception {
        switch (random.nextInt(16)) {
            case 0, 1, 2, 3 -> request();
            case 4 -> frame(Http2Wire.HEADERS, random.nextInt(64), stream(), fields());
            case 5 -> frame(Http2Wire.DATA, random.nextInt(16), stream(), body());
            case 6 -> frame(Http2Wire.RST_STREAM, 0, stream(), bytes(4));
            case 7 -> frame(Http2Wire.SETTINGS, random.nextInt(2), 0, bytes(6 * random.nextInt(4)));
            case 8 -> frame(Http2Wire.PING, random.nextInt(2), 0, bytes(8));
            case 9 -> frame(Http2Wire.WINDOW_UPDATE, 0, random.nextBoolean() ? 0 : stream(), bytes(4));
            case 10 -> frame(Http2Wire.CONTINUATION, random.nextInt(8), stream(), fields());
            case 11 -> frame(random.nextInt(16), random.nextInt(256), stream(), bytes(random.nextInt(64)));
            case 12 -> send(bytes(1 + random.nextInt(64)));
            case 13 -> connection.runWork();
            case 14 -> {
                connection.answerHeld(random.nextBoolean());
                connection.answerBy(random.nextInt(3));
            }
            default -> connection.advance(random.nextInt(40));
        }
    }

    /** A request as clients make it, on the next stream. */
    private void request() throws Http2Exception {
        lastStream += 2;
        int stream = lastStream;
        byte[] body = body();
        frame(Http2Wire.HEADERS, body.length == 0 ? 5 : 4, stream, fields());
        int sent = 0;
        while (sent < body.length && connection.isReading()) {
            int count = Math.min(body.length - sent, 1 + random.nextInt(16_384));
            byte[] part = Arrays.copyOfRange(body, sent, sent + count);
            sent += count;
            frame(Http2Wire.DATA, sent == body.length ? 1 : 0, stream, part);
        }
    }

    private int stream() {
        return random.nextInt(4) == 0 ? random.nextInt(8) : Math.max(1, lastStream - 2 * random.nextInt(3));
    }

    private byte[] body() {
        return random.nextInt(4) == 0 ? bytes(random.nextInt(300)) : BODIES[random.nextInt(BODIES.length)];
    }

    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    private String oneOf(String[] choices) {
        // The first is the usual one.
        return random.nextBoolean() ? choices[0] : choices[random.nextInt(choices.length)];
    }

    private byte[] fields() throws Http2Exception {
        Http2Headers fields = new DefaultHttp2Headers(false);
        fields.method(oneOf(METHODS)).path(oneOf(PATHS)).scheme("http");
        fields.add("content-type", oneOf(TYPES));
        if (random.nextInt(3) == 0) {
            fields.add("content-encoding", oneOf(ENCODINGS));
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            String value = oneOf(VALUES);
            fields.add(oneOf(NAMES), random.nextInt(8) == 0 ? value.repeat(2000) : value);
        }
        ByteBuf block = Unpooled.buffer();
        encoder.encodeHeaders(3, fields, block);
        byte[] bytes = new byte[block.readableBytes()];
        block.readBytes(bytes);
        return bytes;
    }

    private void frame(int type, int flags, int stream, byte[] payload) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(payload.length >>> 16);
        out.write(payload.length >>> 8);
        out.write(payload.length);
        out.write(type);
        out.write(flags);
        for (int shift = 24; shift >= 0; shift -= 8) {
            out.write(stream >>> shift);
        }
        out.writeBytes(payload);
        send(out.toByteArray());
    }

    private void send(byte[] bytes) {
        if (connection.isReading()) {
            connection.write(bytes, 0, bytes.length);
        }
    }
}
