package io.stackhouse.pipeline.otlp.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;
import io.stackhouse.pipeline.RejectedException;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.TooLargeException;
import io.stackhouse.pipeline.memory.MemoryBudget;
import io.stackhouse.pipeline.memory.MemoryLease;
import io.stackhouse.pipeline.otlp.OtlpDecoder;
import io.stackhouse.pipeline.testing.RandomProfiles;
import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole documents: encodings, ends, depth, names, memory. */
class OtlpJsonDocumentTest {
    /** The shape of the examples that come with OTLP's definition. */
    private static final String TRACE = """
            {
              "resourceSpans": [
                {
                  "resource": {
                    "attributes": [
                      { "key": "service.name", "value": { "stringValue": "shop" } }
                    ]
                  },
                  "scopeSpans": [
                    {
                      "scope": {
                        "name": "io.example.shop",
                        "version": "2.1.0",
                        "attributes": [
                          { "key": "edition", "value": { "arrayValue": { "values": [ { "intValue": "3" }, { "boolValue": true } ] } } }
                        ]
                      },
                      "spans": [
                        {
                          "traceId": "0AF7651916CD43DD8448EB211C80319C",
                          "spanId": "B7AD6B7169203331",
                          "parentSpanId": "b7ad6b7169203330",
                          "name": "GET /käse",
                          "startTimeUnixNano": "1763042743700000000",
                          "endTimeUnixNano": "1763042743800000001",
                          "kind": 2,
                          "droppedAttributesCount": 1,
                          "status": { "code": 2 },
                          "attributes": [
                            { "key": "ratio", "value": { "doubleValue": 0.25 } },
                            { "key": "where", "value": { "kvlistValue": { "values": [ { "key": "row", "value": { "intValue": 7 } } ] } } }
                          ]
                        }
                      ]
                    }
                  ]
                }
              ]
            }
            """;

    @Test
    void readsADocumentOfTheOfficialShape() throws Exception {
        ExportTraceServiceRequest request = ExportTraceServiceRequest.parseFrom(
                OtlpJson.toProtobuf(Signal.TRACES, 1, utf8(TRACE), MemoryLease.counting())
                        .protobuf());

        Span span = request.getResourceSpans(0).getScopeSpans(0).getSpans(0);
        assertThat(request.getResourceSpans(0)
                        .getResource()
                        .getAttributes(0)
                        .getValue()
                        .getStringValue())
                .isEqualTo("shop");
        assertThat(span.getTraceId().toByteArray())
                .isEqualTo(HexFormat.of().parseHex("0af7651916cd43dd8448eb211c80319c"));
        assertThat(span.getParentSpanId().toByteArray())
                .isEqualTo(HexFormat.of().parseHex("b7ad6b7169203330"));
        assertThat(span.getName()).isEqualTo("GET /käse");
        assertThat(span.getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_SERVER);
        assertThat(span.getEndTimeUnixNano()).isEqualTo(1763042743800000001L);
        assertThat(span.getAttributes(1)
                        .getValue()
                        .getKvlistValue()
                        .getValues(0)
                        .getValue()
                        .getIntValue())
                .isEqualTo(7);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", " {} \r\n\t", "\ufeff{}", "\ufeff\n{}", "{\"resourceSpans\":[]}", "{\"a\":null}"})
    void acceptsDocumentWithoutTelemetry(String json) {
        assertThat(transcode(json)).isEmpty();
    }

    static Stream<Arguments> badDocuments() {
        return Stream.of(
                arguments("", "line 1, column 1, $: the body is empty; a request without telemetry is {}"),
                arguments("\n ", "line 2, column 2, $: the body is empty; a request without telemetry is {}"),
                arguments("[]", "line 1, column 1, $: must be an object, beginning with {"),
                arguments("null", "line 1, column 1, $: must be an object, beginning with {"),
                arguments("\ufeff\ufeff{}", "line 1, column 4, $: must be an object, beginning with {"),
                arguments("{}{}", "line 1, column 3, $: there is more behind the end of the document"),
                arguments("{}\n]", "line 2, column 1, $: is not JSON at this place or shortly before it"),
                arguments("{} x", "line 1, column 4, $: is not JSON at this place or shortly before it"),
                arguments("{", "line 1, column 1, $: the document ends too early"),
                arguments("{\"a\":NaN}", "line 1, column 9, $: is not JSON at this place or shortly before it"),
                arguments("{\"a\":-Infinity}", "line 1, column 15, $: is not JSON at this place or shortly before it"),
                arguments("{\"a\":01}", "line 1, column 8, $: is not JSON at this place or shortly before it"),
                arguments("{\"a\":+1}", "line 1, column 8, $: is not JSON at this place or shortly before it"),
                arguments("{\"a\":.5}", "line 1, column 8, $: is not JSON at this place or shortly before it"),
                arguments("{\"a\":1,}", "line 1, column 8, $: is not JSON at this place or shortly before it"),
                arguments("{'a':1}", "line 1, column 7, $: is not JSON at this place or shortly before it"),
                arguments("{a:1}", "line 1, column 5, $: is not JSON at this place or shortly before it"),
                arguments("{/**/}", "line 1, column 6, $: is not JSON at this place or shortly before it"),
                arguments("{\"a\":\"\\x\"}", "line 1, column 10, $: is not JSON at this place or shortly before it"),
                arguments("{\"a\":\"\n\"}", "line 2, column 2, $: is not JSON at this place or shortly before it"),
                arguments(
                        "{\"resourceSpans\":[}",
                        "line 1, column 19, $.resourceSpans[0]: is not JSON at this place or shortly before it"),
                arguments(
                        "{\"resourceSpans\":[{]",
                        "line 1, column 20, $.resourceSpans[0]: is not JSON at this place or shortly before it"),
                arguments("{\"resourceSpans\":{}}", "line 1, column 18, $.resourceSpans: must be a list"),
                arguments(
                        "{\"resourceSpans\":[{\"schemaUrl\":\"\\u12\"}]}",
                        "line 1, column 32, $.resourceSpans[0].schemaUrl: must be a string"));
    }

    @ParameterizedTest
    @MethodSource("badDocuments")
    void rejectsDocumentWithItsPlace(String json, String expected) {
        assertThatThrownBy(() -> transcode(json))
                .isInstanceOf(RejectedException.class)
                .hasMessage("OTLP/JSON, " + expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32", "UTF-32LE", "UTF-32BE"})
    void refusesOtherEncodingsByName(String charset) {
        for (String mark : new String[] {"", "\ufeff"}) {
            byte[] json = (mark + TRACE).getBytes(Charset.forName(charset));

            assertThatThrownBy(() -> OtlpJson.toProtobuf(Signal.TRACES, 1, json, MemoryLease.counting()))
                    .isInstanceOf(RejectedException.class)
                    .hasMessageContaining("looks like UTF-16 or UTF-32; OTLP/JSON must be UTF-8");
        }
    }

    @ParameterizedTest
    @CsvSource({"c080", "eda080", "ff", "c3", "e282", "f5808080"})
    void refusesMalformedUtf8AlsoInWhatIsSkipped(String hex) {
        for (String name : new String[] {"unknown", "resourceSpans\":[{\"schemaUrl\":\"\"}],\"x"}) {
            ByteArrayOutputStream json = new ByteArrayOutputStream();
            json.writeBytes(utf8("{\"" + name + "\":\""));
            int column = json.size() + 1;
            json.writeBytes(HexFormat.of().parseHex(hex));
            json.writeBytes(utf8("\"}"));

            assertThatThrownBy(() -> OtlpJson.toProtobuf(Signal.TRACES, 1, json.toByteArray(), MemoryLease.counting()))
                    .isInstanceOf(RejectedException.class)
                    .hasMessage("OTLP/JSON, line 1, column " + column + ", $: is not UTF-8 here");
        }
    }

    @Test
    void rejectsEveryBeginningOfADocument() {
        byte[] trace = utf8(TRACE.strip());
        for (int length = 0; length < trace.length; length++) {
            assertRejected(Signal.TRACES, Arrays.copyOf(trace, length));
        }
        byte[] profiles = JsonPrinter.print(new RandomProfiles(25).request(), new Random(25));
        for (int length = 0; length < profiles.length; length++) {
            assertRejected(Signal.PROFILES, Arrays.copyOf(profiles, length));
        }
    }

    @Test
    void ignoresNamesOfTheProtoFilesAndSaysSo() {
        OtlpJson.Transcoded transcoded = OtlpJson.toProtobuf(
                Signal.TRACES,
                1,
                utf8("{\"resourceSpans\":[{},{\"scope_spans\":[{}],\"schema_url\":\"x\"}],\"resource_spans\":[{}]}"),
                MemoryLease.counting());

        assertThat(transcoded.protobuf()).isEqualTo(HexFormat.of().parseHex("0a000a00"));
        assertThat(transcoded.warning())
                .isEqualTo("OTLP/JSON, $.resourceSpans[1]: scope_spans was ignored, and others like it, since names are"
                        + " in lowerCamelCase; write scopeSpans");
    }

    @Test
    void ignoresAMillionUnknownNamesWithoutMemoryForThem() {
        StringBuilder json = new StringBuilder("{");
        for (int i = 0; i < 1_000_000; i++) {
            json.append("\"name").append(i).append("\":").append(i % 2 == 0 ? "0," : "{\"a\":[\"\"]},");
        }
        byte[] body = utf8(json.append("\"resourceSpans\":[{}]}").toString());
        try (MemoryLease memory = new MemoryBudget(body.length).open()) {
            assertThat(OtlpJson.toProtobuf(Signal.TRACES, 1, body, memory).protobuf())
                    .isEqualTo(new byte[] {0x0a, 0});
        }
    }

    @Test
    void ignoresALongStringOfAnUnknownName() {
        assertThat(transcode("{\"a\":\"" + "é".repeat(200_000) + "\"}")).isEmpty();
    }

    @Test
    void boundsTheDepthOfValuesAsTheBinaryDecoderDoes() {
        byte[] deepest = transcode(profileAttribute(64));

        assertThat(OtlpDecoder.decode(Signal.PROFILES, 1, deepest, 0, MemoryLease.counting())
                        .receivedUnixNanos())
                .isZero();
        assertThatThrownBy(() -> transcode(profileAttribute(65)))
                .isInstanceOf(RejectedException.class)
                .hasMessageEndingWith("an attribute value is nested deeper than 64");
    }

    @ParameterizedTest
    @ValueSource(ints = {338, 100_000})
    void refusesUnknownFieldsThatNestTooDeep(int depth) {
        assertThat(transcode("{\"a\":" + "[".repeat(336) + "]".repeat(336) + "}"))
                .isEmpty();
        assertThatThrownBy(() -> transcode("{\"a\":" + "[".repeat(depth) + "]".repeat(depth) + "}"))
                .isInstanceOf(RejectedException.class)
                .hasMessageContaining("is nested deeper than 337");
    }

    @Test
    void refusesNumbersAndNamesBeyondMeasure() {
        assertThatThrownBy(() -> transcode("{\"a\":" + "1".repeat(1_001) + "}"))
                .isInstanceOf(RejectedException.class)
                .hasMessageContaining("a number longer than 1000 characters");
        assertThatThrownBy(() -> transcode("{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"endTimeUnixNano\":\""
                        + "1".repeat(1_001) + "\"}]}]}]}"))
                .isInstanceOf(RejectedException.class)
                .hasMessageContaining("spans[0].endTimeUnixNano: ")
                .hasMessageContaining("a number longer than 1000 characters");
        assertThatThrownBy(() -> transcode("{\"" + "a".repeat(50_001) + "\":1}"))
                .isInstanceOf(RejectedException.class)
                .hasMessageContaining("a name longer than 50000");
    }

    @Test
    void worstGrowthIsFourfoldAndEightfoldWhileItIsMade() {
        byte[] json = utf8(
                "{\"resourceProfiles\":[{\"scopeProfiles\":[{\"profiles\":[{\"samples\":[{\"timestampsUnixNano\":[1"
                        + ",1".repeat(500_000) + "]}]}]}]}]}");
        try (MemoryLease memory = new MemoryBudget(8L * json.length).open()) {
            byte[] protobuf =
                    OtlpJson.toProtobuf(Signal.PROFILES, 1, json, memory).protobuf();

            assertThat(protobuf.length).isBetween(8 * 500_001, 4 * json.length);
            assertThat(memory.bytes()).isEqualTo(protobuf.length);
        }
        try (MemoryLease memory = new MemoryBudget(3L * json.length).open()) {
            assertThatThrownBy(() -> OtlpJson.toProtobuf(Signal.PROFILES, 1, json, memory))
                    .isInstanceOf(TooLargeException.class);
        }
    }

    @Test
    void longPayloadTakesNoMemoryBesideTheOutput() {
        byte[] json = utf8("{\"resourceProfiles\":[{\"scopeProfiles\":[{\"profiles\":[{\"originalPayload\":\""
                + "AAAA".repeat(1_000_000) + "\"}]}]}]}");
        try (MemoryLease memory = new MemoryBudget(3L * json.length).open()) {
            assertThat(OtlpJson.toProtobuf(Signal.PROFILES, 1, json, memory).protobuf().length)
                    .isBetween(3_000_000, 3_000_040);
        }
    }

    @Test
    void refusesAnUnknownVersionOfTheProfilesProtocol() {
        assertThatThrownBy(() -> OtlpJson.toProtobuf(Signal.PROFILES, 2, utf8("{}"), MemoryLease.counting()))
                .isInstanceOf(RejectedException.class)
                .hasMessage("version 2 of the profiles protocol is not supported; supported is 1");
    }

    /** A dictionary with one attribute of lists within one another. */
    private static String profileAttribute(int depth) {
        return "{\"dictionary\":{\"attributeTable\":[{\"value\":" + "{\"arrayValue\":{\"values\":[".repeat(depth) + "{}"
                + "]}}".repeat(depth) + "}]}}";
    }

    private static void assertRejected(Signal signal, byte[] json) {
        try {
            OtlpJson.toProtobuf(signal, 1, json, MemoryLease.counting());
        } catch (RejectedException expected) {
            return;
        }
        fail("cut at byte %d it is accepted", json.length);
    }

    /** Of the signal whose request has such a beginning. */
    private static byte[] transcode(String json) {
        Signal signal = json.startsWith("{\"dictionary") ? Signal.PROFILES : Signal.TRACES;
        return OtlpJson.toProtobuf(signal, 1, utf8(json), MemoryLease.counting())
                .protobuf();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
