package io.stackhouse.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Numbered spans of the real OpenTelemetry JavaScript SDK stand in otel_traces value for value, by each of its three exporters. */
class JavaScriptSdkIT {
    private static final int SPANS = 20;
    /** Of this minute: spans of long ago are stored under the time at which they came. */
    private final long firstSecond = Instant.now().getEpochSecond() - SPANS;

    private static final List<String> KINDS = List.of("Internal", "Server", "Client", "Producer", "Consumer");
    private static final Path SCRIPTS = ProjectFiles.root().resolve("integration-tests/src/test/js");

    /** What is read back of each span; texts as hexadecimal where TabSeparated would escape them. */
    private static final List<String> COLUMNS = List.of(
            "SpanName",
            "SpanKind",
            "TraceId",
            "ParentSpanId",
            "TraceState",
            "toUnixTimestamp64Nano(Timestamp)",
            "Duration",
            "StatusCode",
            "StatusMessage",
            "ScopeName || ' ' || ScopeVersion",
            "ResourceAttributes['service.version'] || ' ' || ResourceAttributes['replicas']",
            "length(SpanAttributes)",
            "lower(hex(SpanAttributes['text']))",
            "SpanAttributes['integer']",
            "SpanAttributes['negative']",
            "SpanAttributes['double']",
            "SpanAttributes['truth']",
            "SpanAttributes['texts']",
            "SpanAttributes['integers']",
            "SpanAttributes['doubles']",
            "SpanAttributes['truths']",
            "mapContains(SpanAttributes, 'empty') AND SpanAttributes['empty'] = ''",
            "arrayStringConcat(Events.Name, ',')",
            "arrayStringConcat(arrayMap(t -> toString(toUnixTimestamp64Nano(t)), Events.Timestamp), ',')",
            "length(Events.Attributes[1]) || ' ' || Events.Attributes[1]['boxes'] || ' ' || Events.Attributes[1]['by']",
            "length(Links.TraceId) || ' ' || Links.TraceId[1] || ' ' || Links.SpanId[1] || ' ' || Links.Attributes[1]['why']");

    @TempDir
    Path folder;

    @Test
    void spansOfTheJavaScriptSdkAreReadBackValueForValue() throws Exception {
        Requirement.check(
                Files.isDirectory(SCRIPTS.resolve("node_modules/@opentelemetry")),
                "the OpenTelemetry JavaScript SDK (./stackhouse test fetches it)");
        try (Deployment deployment = Deployment.start(folder.resolve("deployment"))) {
            for (String protocol : List.of("http-json", "http-protobuf", "grpc")) {
                for (String compression : List.of("none", "gzip")) {
                    String service = "js-" + protocol + "-" + compression;
                    String endpoint = protocol.equals("grpc") ? deployment.grpcEndpoint() : deployment.httpEndpoint();
                    send(protocol, endpoint, compression, service);

                    assertSpans(deployment, service);
                }
            }
        }
    }

    private void send(String protocol, String endpoint, String compression, String service) throws Exception {
        Path log = folder.resolve(service + ".log");
        Process node = new ProcessBuilder(
                        "node",
                        SCRIPTS.resolve("send-spans.js").toString(),
                        protocol,
                        endpoint,
                        compression,
                        service,
                        Integer.toString(SPANS),
                        Long.toString(firstSecond))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        node.getOutputStream().close();
        assertThat(node.waitFor(60, TimeUnit.SECONDS)).as("node has ended").isTrue();
        assertThat(node.exitValue()).as(Files.readString(log)).isZero();
        assertThat(Files.readString(log)).contains("sent " + SPANS);
    }

    private void assertSpans(Deployment deployment, String service) {
        String where = " FROM otel_traces WHERE ServiceName = '" + service + "'";
        Awaitility.await("the spans of " + service)
                .atMost(Duration.ofSeconds(60))
                .until(() -> deployment.number("SELECT count()" + where) >= SPANS);
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < SPANS; i++) {
            expected.add(String.join("\t", span(i)));
        }
        assertThat(deployment.sql("SELECT " + String.join(", ", COLUMNS) + where + " ORDER BY Timestamp"))
                .as(service)
                .isEqualTo(expected);
        assertThat(deployment.sql("SELECT uniqExact(SpanId), min(length(SpanId))" + where))
                .as(service)
                .containsExactly(SPANS + "\t16");
    }

    /** What send-spans.js says about span number i, in the order of the columns. */
    private List<String> span(int i) {
        long startSeconds = firstSecond + i;
        return List.of(
                "span-" + i,
                KINDS.get(i % KINDS.size()),
                "%032x".formatted(0x7ace + i),
                "%016x".formatted(0x5bad + i),
                "vendor=" + i,
                startSeconds + "123456789",
                "876543210",
                i % 3 == 0 ? "Error" : "Ok",
                i % 3 == 0 ? "failed " + i : "",
                "shop 4.5",
                "1.2.3 3",
                "10",
                hex("größe \"" + i + "\" \ud83d\ude00\n"),
                Integer.toString(i * 1_000_003),
                Integer.toString(-i - 1),
                i + ".25",
                Boolean.toString(i % 2 == 0),
                "[\"a" + i + "\",\"b\"]",
                "[" + i + "," + -i + "]",
                "[" + i + ".5,1.0E-300]",
                "[true,false]",
                "1",
                "packed,sent",
                startSeconds + "200000001," + startSeconds + "300000002",
                "2 " + i + " hand",
                "1 %032x %016x link %d".formatted(0x11 + i, 0x22 + i, i));
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
    }
}
