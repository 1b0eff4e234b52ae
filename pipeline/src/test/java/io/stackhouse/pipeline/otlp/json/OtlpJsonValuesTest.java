package io.stackhouse.pipeline.otlp.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.TextFormat;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.trace.v1.Span;
import io.stackhouse.pipeline.RejectedException;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.memory.MemoryLease;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Single values: each spelling with what becomes of it. In the tables ' quotes a cell and nothing in it is escaped. */
class OtlpJsonValuesTest {
    private static final String INTEGER = "an integer of 64 bits, as a string or a number";
    private static final String NUMBER = "a number, or one of the strings \"NaN\", \"Infinity\", \"-Infinity\"";

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            '{}'                                                  | ''
            'null'                                                | ''
            '{"intValue":null}'                                   | ''
            '{"intValue":9007199254740993}'                       | 'int_value: 9007199254740993'
            '{"intValue":"9007199254740993"}'                     | 'int_value: 9007199254740993'
            '{"intValue":-9223372036854775808}'                   | 'int_value: -9223372036854775808'
            '{"intValue":"9223372036854775807"}'                  | 'int_value: 9223372036854775807'
            '{"intValue":9007199254740993.0}'                     | 'int_value: 9007199254740993'
            '{"intValue":900719925474099.3e1}'                    | 'int_value: 9007199254740993'
            '{"intValue":"1.50e1"}'                               | 'int_value: 15'
            '{"intValue":1E3}'                                    | 'int_value: 1000'
            '{"intValue":-0}'                                     | 'int_value: 0'
            '{"intValue":0e999999999}'                            | 'int_value: 0'
            '{"doubleValue":"NaN"}'                               | 'double_value: NaN'
            '{"doubleValue":"Infinity"}'                          | 'double_value: Infinity'
            '{"doubleValue":"-Infinity"}'                         | 'double_value: -Infinity'
            '{"doubleValue":-0}'                                  | 'double_value: -0.0'
            '{"doubleValue":-0.0}'                                | 'double_value: -0.0'
            '{"doubleValue":"-1.5e3"}'                            | 'double_value: -1500.0'
            '{"doubleValue":9007199254740993}'                    | 'double_value: 9.007199254740992E15'
            '{"doubleValue":1e-400}'                              | 'double_value: 0.0'
            '{"boolValue":false}'                                 | 'bool_value: false'
            '{"bytesValue":""}'                                   | 'bytes_value: ""'
            '{"bytesValue":"+/8="}'                               | 'bytes_value: "\\373\\377"'
            '{"bytesValue":"+/8"}'                                | 'bytes_value: "\\373\\377"'
            '{"bytesValue":"-_8="}'                               | 'bytes_value: "\\373\\377"'
            '{"bytesValue":"-_8"}'                                | 'bytes_value: "\\373\\377"'
            '{"bytesValue":"+\\/8="}'                             | 'bytes_value: "\\373\\377"'
            '{"stringValue":""}'                                  | 'string_value: ""'
            '{"stringValue":"a\\u0000\\n\\"\\\\\\/"}'             | 'string_value: "a\\000\\n\\"\\\\/"'
            '{"stringValue":"\\uD83D\\uDE00"}'                    | 'string_value: "\\360\\237\\230\\200"'
            '{"stringValue":"\\ud800"}'                           | 'string_value: "\\357\\277\\275"'
            '{"stringValue":"\\ude00\\ud83dx"}'                   | 'string_value: "\\357\\277\\275\\357\\277\\275x"'
            '{"intValue":1,"intValue":2}'                         | 'int_value: 2'
            '{"intValue":1,"intValue":null}'                      | 'int_value: 1'
            '{"intValue":null,"stringValue":"a"}'                 | 'string_value: "a"'
            '{"arrayValue":{"values":[{}],"values":[{"intValue":1}]}}' | 'array_value { values { } values { int_value: 1 } }'
            '{"arrayValue":{"values":[{}]},"arrayValue":{"values":[{}]}}' | 'array_value { values { } values { } }'
            '{"arrayValue":{"values":null}}'                      | 'array_value { }'
            '{"x":{"intValue":7},"intValue":1,"y":[[{}],null,"\\u00e9",1e9]}' | 'int_value: 1'
            '{"\\u0069ntValue":3}'                                | 'int_value: 3'
            """)
    void acceptsValue(String json, String expected) throws Exception {
        AnyValue value = ExportTraceServiceRequest.parseFrom(
                        transcode(Signal.TRACES, inAttribute(json)).protobuf())
                .getResourceSpans(0)
                .getResource()
                .getAttributes(0)
                .getValue();

        assertThat(TextFormat.printer()
                        .emittingSingleLine(true)
                        .printToString(value)
                        .trim())
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            '{"intValue":9223372036854775808}'       | .intValue    | INTEGER
            '{"intValue":"-9223372036854775809"}'    | .intValue    | INTEGER
            '{"intValue":"9223372036854775808"}'     | .intValue    | INTEGER
            '{"intValue":"9999999999999999999"}'     | .intValue    | INTEGER
            '{"intValue":1.5}'                       | .intValue    | INTEGER
            '{"intValue":"1e-2"}'                    | .intValue    | INTEGER
            '{"intValue":1e400}'                     | .intValue    | INTEGER
            '{"intValue":"1e2147483648"}'            | .intValue    | INTEGER
            '{"intValue":1e-2147483647}'             | .intValue    | INTEGER
            '{"intValue":""}'                        | .intValue    | INTEGER
            '{"intValue":" 1"}'                      | .intValue    | INTEGER
            '{"intValue":"0x10"}'                    | .intValue    | INTEGER
            '{"intValue":"NaN"}'                     | .intValue    | INTEGER
            '{"intValue":true}'                      | .intValue    | INTEGER
            '{"intValue":{}}'                        | .intValue    | INTEGER
            '{"intValue":[1]}'                       | .intValue    | INTEGER
            '{"doubleValue":1e400}'                  | .doubleValue | NUMBER
            '{"doubleValue":"-1e400"}'               | .doubleValue | NUMBER
            '{"doubleValue":"nan"}'                  | .doubleValue | NUMBER
            '{"doubleValue":"1d"}'                   | .doubleValue | NUMBER
            '{"doubleValue":"0x1p3"}'                | .doubleValue | NUMBER
            '{"doubleValue":""}'                     | .doubleValue | NUMBER
            '{"boolValue":"true"}'                   | .boolValue   | true or false
            '{"boolValue":1}'                        | .boolValue   | true or false
            '{"stringValue":5}'                      | .stringValue | a string
            '{"stringValue":{"a":1}}'                | .stringValue | a string
            '{"bytesValue":"A"}'                     | .bytesValue  | a string of base64
            '{"bytesValue":"AAA=="}'                 | .bytesValue  | a string of base64
            '{"bytesValue":"AA="}'                   | .bytesValue  | a string of base64
            '{"bytesValue":"A==="}'                  | .bytesValue  | a string of base64
            '{"bytesValue":"AA A"}'                  | .bytesValue  | a string of base64
            '{"bytesValue":"ÄAA="}'                  | .bytesValue  | a string of base64
            '{"bytesValue":[1,2]}'                   | .bytesValue  | a string of base64
            '{"arrayValue":[]}'                      | .arrayValue  | an object
            '{"arrayValue":{"values":{}}}'           | .arrayValue.values    | a list
            '{"arrayValue":{"values":[null]}}'       | .arrayValue.values[0] | an object
            '{"arrayValue":{"values":[{},3]}}'       | .arrayValue.values[1] | an object
            '"text"'                                 | ''           | an object
            """)
    void rejectsValueAndSaysWhatItMustBe(String json, String place, String expected) {
        String what = expected.equals("INTEGER") ? INTEGER : expected.equals("NUMBER") ? NUMBER : expected;

        assertThatThrownBy(() -> transcode(Signal.TRACES, inAttribute(json)))
                .isInstanceOf(RejectedException.class)
                .hasMessageStartingWith("OTLP/JSON, line 1, column ")
                .hasMessageEndingWith(
                        ", $.resourceSpans[0].resource.attributes[0].value" + place + ": must be " + what);
    }

    @Test
    void rejectsTwoMembersOfAOneof() {
        assertThatThrownBy(() -> transcode(Signal.TRACES, inAttribute("{\"intValue\":1,\n\"boolValue\":true}")))
                .isInstanceOf(RejectedException.class)
                .hasMessage("OTLP/JSON, line 2, column 13, $.resourceSpans[0].resource.attributes[0].value.boolValue: "
                        + "a value is of one kind, and intValue is there already");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            '"traceId":"5B8EFFF798038103D269B633813FC60C"' | 'trace_id: "[\\216\\377\\367\\230\\003\\201\\003\\322i\\2663\\201?\\306\\f"'
            '"traceId":"5b8efff798038103d269b633813fc60c"' | 'trace_id: "[\\216\\377\\367\\230\\003\\201\\003\\322i\\2663\\201?\\306\\f"'
            '"parentSpanId":"EEE19b7ec3c1b173"'            | 'parent_span_id: "\\356\\341\\233~\\303\\301\\261s"'
            '"spanId":""'                                  | ''
            '"spanId":null'                                | ''
            '"kind":2'                                     | 'kind: SPAN_KIND_SERVER'
            '"kind":3.0'                                   | 'kind: SPAN_KIND_CLIENT'
            '"kind":77'                                    | 'kind: 77'
            '"kind":-1'                                    | 'kind: -1'
            '"flags":4294967295'                           | 'flags: 4294967295'
            '"flags":"257"'                                | 'flags: 257'
            '"droppedLinksCount":4294967295'               | 'dropped_links_count: 4294967295'
            '"startTimeUnixNano":18446744073709551615'     | 'start_time_unix_nano: 18446744073709551615'
            '"startTimeUnixNano":"18446744073709551615"'   | 'start_time_unix_nano: 18446744073709551615'
            '"startTimeUnixNano":"9999999999999999999"'    | 'start_time_unix_nano: 9999999999999999999'
            '"startTimeUnixNano":"1763042743700000001"'    | 'start_time_unix_nano: 1763042743700000001'
            '"startTimeUnixNano":1.7630427437e18'          | 'start_time_unix_nano: 1763042743700000000'
            '"status":{"code":1},"status":{"message":"m"}' | 'status { message: "m" code: STATUS_CODE_OK }'
            """)
    void acceptsFieldOfASpan(String json, String expected) throws Exception {
        Span span = ExportTraceServiceRequest.parseFrom(
                        transcode(Signal.TRACES, inSpan(json)).protobuf())
                .getResourceSpans(0)
                .getScopeSpans(0)
                .getSpans(0);

        assertThat(TextFormat.printer()
                        .emittingSingleLine(true)
                        .printToString(span)
                        .trim())
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            '"traceId":"5B8EFFF798038103D269B633813FC60"'  | traceId | a string of 32 hexadecimal digits
            '"traceId":"5B8EFFF798038103D269B633813FC60G"' | traceId | a string of 32 hexadecimal digits
            '"traceId":"W47/95gDgQPSabYzgT/GDA=="'         | traceId | a string of 32 hexadecimal digits
            '"spanId":"EEE19B7EC3C1B17"'                   | spanId  | a string of 16 hexadecimal digits
            '"spanId":"EEE19B7EC3C1B1734"'                 | spanId  | a string of 16 hexadecimal digits
            '"parentSpanId":12'                            | parentSpanId | a string of 16 hexadecimal digits
            '"kind":"SPAN_KIND_SERVER"'                    | kind    | an integer; OTLP/JSON has no names of enum values
            '"kind":"2"'                                   | kind    | an integer; OTLP/JSON has no names of enum values
            '"kind":2147483648'                            | kind    | an integer; OTLP/JSON has no names of enum values
            '"flags":-1'                                   | flags   | an integer from 0 to 4294967295
            '"flags":4294967296'                           | flags   | an integer from 0 to 4294967295
            '"droppedLinksCount":"-1"'                     | droppedLinksCount | an integer from 0 to 4294967295
            '"startTimeUnixNano":-1'                       | startTimeUnixNano | an unsigned integer of 64 bits, as a string or a number
            '"startTimeUnixNano":18446744073709551616'     | startTimeUnixNano | an unsigned integer of 64 bits, as a string or a number
            """)
    void rejectsFieldOfASpan(String json, String name, String expected) {
        assertThatThrownBy(() -> transcode(Signal.TRACES, inSpan(json)))
                .isInstanceOf(RejectedException.class)
                .hasMessageEndingWith(", $.resourceSpans[0].scopeSpans[0].spans[0]." + name + ": must be " + expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            00112233445566778899aabbccddeeff  | 00112233445566778899aabbccddeeff
            00112233445566778899AABBCCDDEEFF  | 00112233445566778899aabbccddeeff
            ABEiM0RVZneImaq7zN3u/w==          | 00112233445566778899aabbccddeeff
            ABEiM0RVZneImaq7zN3u_w==          | 00112233445566778899aabbccddeeff
            ABEiM0RVZneImaq7zN3u_w            | 00112233445566778899aabbccddeeff
            ''                                | ''
            ABEiM0RVZneImaq7zN3u              | 00112233445566778899aabbccddee
            """)
    void readsProfileIdAsHexOrBase64(String text, String hex) throws Exception {
        String json = "{\"resourceProfiles\":[{\"scopeProfiles\":[{\"profiles\":[{\"profileId\":\"" + text
                + "\",\"samples\":[{\"values\":[],\"timestampsUnixNano\":[]}]}]}]}]}";
        var profile = ExportProfilesServiceRequest.parseFrom(
                        transcode(Signal.PROFILES, json).protobuf())
                .getResourceProfiles(0)
                .getScopeProfiles(0)
                .getProfiles(0);

        assertThat(java.util.HexFormat.of().formatHex(profile.getProfileId().toByteArray()))
                .isEqualTo(hex);
    }

    @Test
    void rejectsValueInAPackedListWithItsPlace() {
        String json =
                "{\"resourceProfiles\":[{\"scopeProfiles\":[{\"profiles\":[{\"samples\":[{},{\"values\":[1,null]}]}]}]}]}";

        assertThatThrownBy(() -> transcode(Signal.PROFILES, json))
                .hasMessageEndingWith(
                        "$.resourceProfiles[0].scopeProfiles[0].profiles[0].samples[1].values[1]: must be " + INTEGER);
    }

    private static String inAttribute(String value) {
        return "{\"resourceSpans\":[{\"resource\":{\"attributes\":[{\"value\":" + value + "}]}}]}";
    }

    private static String inSpan(String fields) {
        return "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{" + fields + "}]}]}]}";
    }

    private static OtlpJson.Transcoded transcode(Signal signal, String json) {
        return OtlpJson.toProtobuf(signal, 1, json.getBytes(StandardCharsets.UTF_8), MemoryLease.counting());
    }
}
