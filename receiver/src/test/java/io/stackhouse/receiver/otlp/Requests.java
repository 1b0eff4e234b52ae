package io.stackhouse.receiver.otlp;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.profiles.v1development.Function;
import io.opentelemetry.proto.profiles.v1development.KeyValueAndUnit;
import io.opentelemetry.proto.profiles.v1development.Line;
import io.opentelemetry.proto.profiles.v1development.Link;
import io.opentelemetry.proto.profiles.v1development.Location;
import io.opentelemetry.proto.profiles.v1development.Mapping;
import io.opentelemetry.proto.profiles.v1development.Profile;
import io.opentelemetry.proto.profiles.v1development.ProfilesDictionary;
import io.opentelemetry.proto.profiles.v1development.ResourceProfiles;
import io.opentelemetry.proto.profiles.v1development.Sample;
import io.opentelemetry.proto.profiles.v1development.ScopeProfiles;
import io.opentelemetry.proto.profiles.v1development.Stack;
import io.opentelemetry.proto.profiles.v1development.ValueType;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;

/** OTLP requests for tests. */
final class Requests {
    private static final int STRING_CPU = 1;
    private static final int STRING_NANOSECONDS = 2;
    private static final int STRING_MAIN = 3;

    private Requests() {}

    /** One profile with two samples. */
    static ExportProfilesServiceRequest profiles() {
        return request(profile(1, 1));
    }

    /** A good profile, and one whose sample refers to a stack that isn't there. */
    static ExportProfilesServiceRequest profilesOneBad() {
        return request(profile(1, 1), profile(1, 99));
    }

    static ExportTraceServiceRequest traces(int spans) {
        ScopeSpans.Builder scope = ScopeSpans.newBuilder();
        for (int i = 0; i < spans; i++) {
            scope.addSpans(Span.newBuilder()
                    .setTraceId(ByteString.copyFrom(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}))
                    .setSpanId(ByteString.copyFrom(new byte[] {1, 2, 3, 4, 5, 6, 7, (byte) i}))
                    .setName("span " + i));
        }
        return ExportTraceServiceRequest.newBuilder()
                .addResourceSpans(ResourceSpans.newBuilder().addScopeSpans(scope))
                .build();
    }

    /** The message padded to a size by a field that nobody knows (number 1000, bytes). */
    static byte[] padded(byte[] message, int size) {
        int headerBytes = 2 + 4;
        int content = size - message.length - headerBytes;
        byte[] out = Arrays.copyOf(message, size);
        int at = message.length;
        out[at++] = (byte) 0xc2;
        out[at++] = 0x3e;
        for (int i = 0; i < 4; i++) {
            out[at++] = (byte) (((content >>> (7 * i)) & 0x7f) | (i < 3 ? 0x80 : 0));
        }
        return out;
    }

    static byte[] gzip(byte[] plain) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(plain);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static ExportProfilesServiceRequest request(Profile... profiles) {
        return ExportProfilesServiceRequest.newBuilder()
                .setDictionary(dictionary())
                .addResourceProfiles(ResourceProfiles.newBuilder()
                        .addScopeProfiles(ScopeProfiles.newBuilder().addAllProfiles(Arrays.asList(profiles))))
                .build();
    }

    private static Profile profile(int... stacks) {
        Profile.Builder profile = Profile.newBuilder()
                .setSampleType(
                        ValueType.newBuilder().setTypeStrindex(STRING_CPU).setUnitStrindex(STRING_NANOSECONDS))
                .setTimeUnixNano(1_700_000_000_000_000_000L)
                .setDurationNano(10_000_000_000L);
        for (int stack : stacks) {
            profile.addSamples(Sample.newBuilder().setStackIndex(stack).addValues(10_000_000));
        }
        return profile.build();
    }

    private static ProfilesDictionary dictionary() {
        return ProfilesDictionary.newBuilder()
                .addStringTable("")
                .addStringTable("cpu")
                .addStringTable("nanoseconds")
                .addStringTable("main")
                .addMappingTable(Mapping.getDefaultInstance())
                .addLinkTable(Link.getDefaultInstance())
                .addAttributeTable(KeyValueAndUnit.getDefaultInstance())
                .addFunctionTable(Function.getDefaultInstance())
                .addFunctionTable(Function.newBuilder().setNameStrindex(STRING_MAIN))
                .addLocationTable(Location.getDefaultInstance())
                .addLocationTable(
                        Location.newBuilder().addLines(Line.newBuilder().setFunctionIndex(1)))
                .addStackTable(Stack.getDefaultInstance())
                .addStackTable(Stack.newBuilder().addLocationIndices(1))
                .build();
    }
}
