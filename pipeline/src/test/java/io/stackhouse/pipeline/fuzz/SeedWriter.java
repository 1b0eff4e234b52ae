package io.stackhouse.pipeline.fuzz;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.common.v1.KeyValueList;
import io.opentelemetry.proto.profiles.v1development.Link;
import io.opentelemetry.proto.profiles.v1development.Profile;
import io.opentelemetry.proto.profiles.v1development.ProfilesDictionary;
import io.opentelemetry.proto.profiles.v1development.ResourceProfiles;
import io.opentelemetry.proto.profiles.v1development.Sample;
import io.opentelemetry.proto.profiles.v1development.ScopeProfiles;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import io.stackhouse.pipeline.otlp.ProfileHeading;
import io.stackhouse.pipeline.otlp.ProfilesEncoder;
import io.stackhouse.pipeline.otlp.json.JsonPrinter;
import io.stackhouse.pipeline.testing.RandomProfiles;
import io.stackhouse.pipeline.testing.RandomTraces;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;

/** Writes the seeds of this module's fuzz targets: {@code java … SeedWriter pipeline/src/test/fuzz}. The same files each time. */
public final class SeedWriter {
    private final Path folder;

    private SeedWriter(Path folder) {
        this.folder = folder;
    }

    public static void main(String[] arguments) throws IOException {
        SeedWriter writer = new SeedWriter(Path.of(arguments[0]));
        writer.profiles();
        writer.shapes("ProfilesShapeFuzz");
        writer.shapes("JsonShapeFuzz");
        writer.json();
        writer.traces();
    }

    private void profiles() throws IOException {
        String target = "ProfilesDecoderFuzz";
        for (int seed = 0, written = 0; written < 8; seed++) {
            byte[] request = new RandomProfiles(seed).request().toByteArray();
            if (request.length > 200 && request.length < 1500) {
                write(target, "random-" + seed, request);
                written++;
            }
        }
        write(target, "own-encoder", ownEncoder());
        write(target, "empty", new byte[0]);
        write(target, "stack-index-minus-1", request(sample().setStackIndex(-1)));
        write(target, "link-index-max", request(sample().setLinkIndex(Integer.MAX_VALUE)));
        write(target, "values-and-timestamps-differ", request(sample().addTimestampsUnixNano(1)));
        write(target, "attribute-index-outside", request(sample().addAttributeIndices(7)));
        write(target, "link-of-15-bytes", link(15));
        write(target, "nested-70", resource(nested(70)));
        write(target, "nested-110", resource(nested(110)));
        write(
                target,
                "string-index-outside-in-resource",
                resource(AnyValue.newBuilder().setStringValueStrindex(9).build()));
        write(
                target,
                "payload-without-format",
                profile(Profile.newBuilder().setOriginalPayload(ByteString.copyFromUtf8("x"))));
        write(
                target,
                "profile-id-of-15",
                profile(Profile.newBuilder().setProfileId(ByteString.copyFrom(new byte[15]))));
        write(target, "malformed-utf8", hex("0a06 1a04 c328 c328 1204 2a02 c328"));
        write(target, "group", hex("0b 0c 0a00"));
        write(target, "group-open", hex("0b 0a00"));
        write(target, "over-long-varint", hex("1280 80808080 80808080 00"));
        write(target, "tag-0", hex("00"));
        write(target, "length-beyond-the-end", hex("0aff ffff ff07"));
        write(target, "unpacked-indices", hex("0a0e 120c 120a 1208 0800 2001 2002 2003"));
        write(target, "resource-twice", hex("0a0e 0a05 0a03 0a01 610a 050a 030a 0162"));
        write(target, "unknown-fields", hex("c23e 0361 6263 0a00"));
    }

    private void shapes(String target) throws IOException {
        for (int length : new int[] {64, 256, 512, 1024, 2048, 4096}) {
            byte[] steering = new byte[length];
            new Random(length).nextBytes(steering);
            write(target, "steering-" + length, steering);
            // Zeros where it says how often the message is damaged.
            Arrays.fill(steering, 0, 4, (byte) 0);
            write(target, "undamaged-" + length, steering);
        }
    }

    private void json() throws IOException {
        for (int seed = 0, written = 0; written < 4; seed++) {
            byte[] json = JsonPrinter.print(new RandomProfiles(seed).request(), new Random(seed));
            if (json.length > 200 && json.length < 3000) {
                json("profiles-" + seed, 0, new String(json, StandardCharsets.UTF_8));
                written++;
            }
        }
        for (int seed = 0, written = 0; written < 4; seed++) {
            byte[] json = JsonPrinter.print(new RandomTraces(seed).request(), new Random(seed));
            if (json.length > 200 && json.length < 3000) {
                json("traces-" + seed, 1, new String(json, StandardCharsets.UTF_8));
                written++;
            }
        }
        json("empty", 0, "");
        json("profile-id-hex", 0, profileOf("\"profileId\":\"000102030405060708090A0b0c0d0e0f\""));
        json("profile-id-base64", 0, profileOf("\"profileId\":\"AAECAwQFBgcICQoLDA0ODw==\""));
        json("fixed64-of-one-digit", 0, profileOf("\"samples\":[{\"timestampsUnixNano\":[1,2,3,4,5,6,7,8]}]"));
        json(
                "beyond-2-to-the-53rd",
                0,
                profileOf("\"timeUnixNano\":18446744073709551615,\"period\":-9223372036854775808"));
        json("keys-twice", 0, profileOf("\"period\":1,\"period\":2,\"samples\":[],\"samples\":[{}]"));
        json("nulls", 0, profileOf("\"samples\":null,\"period\":null,\"sampleType\":null"));
        json("snake-case", 0, "{\"resource_profiles\":[]}");
        json("exponent", 0, profileOf("\"period\":1e3,\"durationNano\":\"1.0E9\""));
        json("lone-surrogate", 1, "{\"resourceSpans\":[{\"schemaUrl\":\"\\ud800x\\udc00\"}]}");
        json(
                "deep",
                1,
                "{\"resourceSpans\":[{\"resource\":{\"attributes\":[{\"value\":"
                        + "{\"arrayValue\":{\"values\":[".repeat(70) + "{}" + "]}}".repeat(70) + "}]}}]}");
        json("byte-order-mark", 1, "\ufeff{}");
    }

    private void json(String name, int signal, String json) throws IOException {
        byte[] utf8 = json.getBytes(StandardCharsets.UTF_8);
        byte[] input = new byte[1 + utf8.length];
        input[0] = (byte) signal;
        System.arraycopy(utf8, 0, input, 1, utf8.length);
        write("JsonFuzz", name, input);
    }

    private static String profileOf(String fields) {
        return "{\"resourceProfiles\":[{\"scopeProfiles\":[{\"profiles\":[{" + fields + "}]}]}]}";
    }

    private void traces() throws IOException {
        String target = "TracesDecoderFuzz";
        write(target, "empty", new byte[0]);
        Span.Builder span = Span.newBuilder()
                .setTraceId(ByteString.copyFrom(new byte[16]))
                .setSpanId(ByteString.copyFrom(new byte[8]))
                .setName("GET /")
                .setKind(Span.SpanKind.SPAN_KIND_SERVER)
                .setStartTimeUnixNano(1)
                .setEndTimeUnixNano(2)
                .setStatus(Status.newBuilder().setMessage("bad").setCode(Status.StatusCode.STATUS_CODE_ERROR))
                .addEvents(Span.Event.newBuilder().setName("e").addAttributes(attribute("a", nested(3))))
                .addLinks(Span.Link.newBuilder().setTraceState("k=v"))
                .addAttributes(attribute(
                        "map",
                        AnyValue.newBuilder()
                                .setKvlistValue(KeyValueList.newBuilder().addValues(attribute("b", nested(1))))
                                .build()));
        write(target, "span", traces(span).toByteArray());
        write(
                target,
                "deep-attribute",
                traces(Span.newBuilder().addAttributes(attribute("d", nested(40))))
                        .toByteArray());
        write(target, "group", hex("0b 0c"));
    }

    private static ExportTraceServiceRequest traces(Span.Builder span) {
        return ExportTraceServiceRequest.newBuilder()
                .addResourceSpans(ResourceSpans.newBuilder()
                        .setResource(Resource.newBuilder().addAttributes(attribute("service.name", nested(0))))
                        .addScopeSpans(ScopeSpans.newBuilder()
                                .setScope(InstrumentationScope.newBuilder().setName("scope"))
                                .addSpans(span)))
                .build();
    }

    private static byte[] ownEncoder() {
        ProfilesEncoder encoder = new ProfilesEncoder();
        int name = encoder.string("main");
        int file = encoder.string("/bin/sh");
        int mapping =
                encoder.mapping(0x1000, 0x2000, 0, file, encoder.attribute("process.executable.build_id.gnu", "ab"));
        int location = encoder.location(mapping, 0x1234, encoder.function(name, name, file, 1), 7);
        int stack = encoder.stack(new int[] {location, location}, 2);
        int[] attributes = {encoder.attribute("thread.name", "worker"), encoder.attribute("thread.id", 7)};
        encoder.beginResource();
        encoder.resourceAttribute("service.name", "shop");
        encoder.beginScope("agent", "1");
        encoder.beginProfile(new ProfileHeading(
                "cpu", "nanoseconds", "cpu", "nanoseconds", 1, 1_700_000_000_000_000_000L, 5, new byte[16]));
        int link = encoder.link(new byte[16], new byte[8]);
        encoder.sample(stack, attributes, 2, link, 10);
        encoder.sampleAt(new ProfilesEncoder.Observed(stack, link, 1, 1_700_000_000_000_000_001L), attributes, 1);
        return encoder.toByteArray();
    }

    private static Sample.Builder sample() {
        return Sample.newBuilder().addValues(1).addValues(2);
    }

    private static byte[] request(Sample.Builder sample) {
        return profile(Profile.newBuilder().addSamples(sample));
    }

    private static byte[] profile(Profile.Builder profile) {
        return ExportProfilesServiceRequest.newBuilder()
                .addResourceProfiles(ResourceProfiles.newBuilder()
                        .addScopeProfiles(ScopeProfiles.newBuilder().addProfiles(profile)))
                .build()
                .toByteArray();
    }

    private static byte[] resource(AnyValue value) {
        return ExportProfilesServiceRequest.newBuilder()
                .addResourceProfiles(ResourceProfiles.newBuilder()
                        .setResource(Resource.newBuilder().addAttributes(attribute("a", value)))
                        .addScopeProfiles(ScopeProfiles.newBuilder().addProfiles(Profile.getDefaultInstance())))
                .build()
                .toByteArray();
    }

    private static byte[] link(int bytes) {
        return ExportProfilesServiceRequest.newBuilder()
                .setDictionary(ProfilesDictionary.newBuilder()
                        .addLinkTable(Link.newBuilder().setTraceId(ByteString.copyFrom(new byte[bytes]))))
                .build()
                .toByteArray();
    }

    private static KeyValue attribute(String key, AnyValue value) {
        return KeyValue.newBuilder().setKey(key).setValue(value).build();
    }

    private static AnyValue nested(int depth) {
        AnyValue value = AnyValue.newBuilder().setStringValue("leaf").build();
        for (int i = 0; i < depth; i++) {
            value = AnyValue.newBuilder()
                    .setArrayValue(ArrayValue.newBuilder().addValues(value))
                    .build();
        }
        return value;
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }

    private void write(String target, String name, byte[] content) throws IOException {
        Path into = Files.createDirectories(folder.resolve(target));
        Files.write(into.resolve(name), content);
    }
}
