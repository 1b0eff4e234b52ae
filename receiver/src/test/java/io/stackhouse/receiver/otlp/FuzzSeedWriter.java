package io.stackhouse.receiver.otlp;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;

/** Writes the seeds of this module's fuzz targets: {@code java … FuzzSeedWriter receiver/src/test/fuzz}. The same files each time. */
public final class FuzzSeedWriter {
    private final Path folder;

    private FuzzSeedWriter(Path folder) {
        this.folder = folder;
    }

    public static void main(String[] arguments) throws IOException {
        FuzzSeedWriter writer = new FuzzSeedWriter(Path.of(arguments[0]));
        writer.http1();
        writer.http2();
        writer.compressed();
    }

    private void http1() throws IOException {
        byte[] traces = Requests.traces(2).toByteArray();
        byte[] profiles = Requests.profiles().toByteArray();
        String type = "Content-Type: application/x-protobuf\r\n";
        http1("traces", 0, 0, post("/v1/traces", type, traces));
        http1("profiles-in-small-reads", 7, 0, post("/v1development/profiles", type, profiles));
        http1("held", 0, 1 | 8, post("/v1development/profiles", type, profiles));
        http1("refused", 0, 2, post("/v1/traces", type, traces));
        http1("gone-before-the-answer", 0, 1 | 8 | 32, post("/v1/traces", type, traces));
        http1("gzip", 0, 0, post("/v1/traces", type + "Content-Encoding: gzip\r\n", Requests.gzip(traces)));
        http1(
                "json",
                0,
                0,
                post("/v1/traces", "Content-Type: application/json\r\n", bytes("{\"resourceSpans\":[{}]}")));
        http1("two-at-once", 0, 0, twice(post("/v1/traces", type, traces)));
        http1("wrong-path", 0, 0, post("/v1/metrics", type, traces));
        http1("wrong-method", 0, 0, bytes("GET /v1/traces HTTP/1.1\r\nHost: a\r\n\r\n"));
        http1(
                "too-long",
                0,
                0,
                bytes("POST /v1/traces HTTP/1.1\r\nHost: a\r\n" + type + "Content-Length: 99999999999\r\n\r\n"));
        http1("expects-continue", 0, 0, post("/v1/traces", type + "Expect: 100-continue\r\n", traces));
        http1(
                "chunked",
                3,
                0,
                bytes("POST /v1/traces HTTP/1.1\r\nHost: a\r\n" + type
                        + "Transfer-Encoding: chunked\r\n\r\n2\r\n\n\0\r\n3;x=y\r\nabc\r\n0\r\nT: u\r\n\r\n"));
        http1(
                "chunked-and-length",
                0,
                0,
                bytes("POST /v1/traces HTTP/1.1\r\nHost: a\r\n" + type
                        + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"));
        http1(
                "version",
                0,
                0,
                post("/v1development/profiles", type + "otlp-profiles-development-version: 01\r\n", profiles));
        http1("http-1.0", 0, 0, bytes("POST /v1/traces HTTP/1.0\r\n" + type + "Content-Length: 0\r\n\r\n"));
        http1("no-http", 0, 0, bytes("\u0016\u0003\u0001\u0002\u0000\u0001"));
        http1("preface", 5, 0, bytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0004\0\0\0\0\0"));
    }

    private void http2() throws IOException {
        for (int length : new int[] {16, 64, 256, 512, 1024, 2048}) {
            byte[] steering = new byte[length];
            new Random(length).nextBytes(steering);
            write("Http2Fuzz", "steering-" + length, steering);
        }
    }

    private void compressed() throws IOException {
        byte[] plain = Requests.profiles().toByteArray();
        byte[] zeros = new byte[3 << 20];
        for (Compressed way : Compressed.values()) {
            String name = way.name().toLowerCase(Locale.ROOT);
            byte[] packed = way.of(plain);
            compressed(way, name, packed);
            compressed(way, name + "-cut", Arrays.copyOf(packed, packed.length / 2));
            compressed(way, name + "-twice", twice(packed));
            if (way != Compressed.IDENTITY && way.of(zeros).length < 20_000) {
                compressed(way, name + "-bomb", way.of(zeros));
            }
        }
    }

    private void compressed(Compressed way, String name, byte[] packed) throws IOException {
        ByteArrayOutputStream input = new ByteArrayOutputStream();
        input.write(Arrays.asList(Encoding.values()).indexOf(way.encoding));
        input.writeBytes(packed);
        write("DecompressionFuzz", name, input.toByteArray());
    }

    private static byte[] post(String path, String headers, byte[] body) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(bytes(
                "POST " + path + " HTTP/1.1\r\nHost: a\r\n" + headers + "Content-Length: " + body.length + "\r\n\r\n"));
        out.writeBytes(body);
        return out.toByteArray();
    }

    private static byte[] twice(byte[] request) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(request);
        out.writeBytes(request);
        return out.toByteArray();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private void http1(String name, int readBytes, int choice, byte[] content) throws IOException {
        ByteArrayOutputStream input = new ByteArrayOutputStream();
        input.write(readBytes);
        input.write(choice);
        input.writeBytes(content);
        write("Http1Fuzz", name, input.toByteArray());
    }

    private void write(String target, String name, byte[] content) throws IOException {
        Path into = Files.createDirectories(folder.resolve(target));
        Files.write(into.resolve(name), content);
    }
}
