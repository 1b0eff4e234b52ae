package io.stackhouse.pipeline.fuzz;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.UnknownFieldSet.Field;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceRequest;
import io.opentelemetry.proto.profiles.v1development.ResourceProfiles;
import io.opentelemetry.proto.profiles.v1development.ScopeProfiles;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A profiles request without the resources and scopes that hold no profile: our decoder leaves them out and doesn't look at what they
 * hold, however malformed. Stateless.
 */
final class ReadEnvelopes {
    private ReadEnvelopes() {}

    /** The same bytes when there is nothing to leave out, or when they can't be taken apart. */
    static byte[] of(byte[] body) {
        try {
            UnknownFieldSet request = UnknownFieldSet.parseFrom(body);
            return kept(request, ExportProfilesServiceRequest.RESOURCE_PROFILES_FIELD_NUMBER, ReadEnvelopes::resource)
                    .toByteArray();
        } catch (InvalidProtocolBufferException e) {
            return body;
        }
    }

    /** Without its empty scopes; null when there are no others. */
    private static @Nullable ByteString resource(ByteString resource) {
        try {
            UnknownFieldSet fields = UnknownFieldSet.parseFrom(resource);
            int scopes = ResourceProfiles.SCOPE_PROFILES_FIELD_NUMBER;
            UnknownFieldSet kept = kept(fields, scopes, ReadEnvelopes::scope);
            return kept.hasField(scopes) ? kept.toByteString() : null;
        } catch (InvalidProtocolBufferException e) {
            return resource;
        }
    }

    /** Null when it holds no profile. */
    private static @Nullable ByteString scope(ByteString scope) {
        try {
            Field profiles = UnknownFieldSet.parseFrom(scope).getField(ScopeProfiles.PROFILES_FIELD_NUMBER);
            return profiles.getLengthDelimitedList().isEmpty() ? null : scope;
        } catch (InvalidProtocolBufferException e) {
            return scope;
        }
    }

    private static UnknownFieldSet kept(
            UnknownFieldSet message, int field, Function<ByteString, @Nullable ByteString> keeping) {
        Field.Builder kept = Field.newBuilder();
        boolean hasSome = false;
        for (ByteString element : message.getField(field).getLengthDelimitedList()) {
            ByteString rest = keeping.apply(element);
            if (rest != null) {
                kept.addLengthDelimited(rest);
                hasSome = true;
            }
        }
        UnknownFieldSet.Builder out = UnknownFieldSet.newBuilder(message).clearField(field);
        return hasSome ? out.addField(field, kept.build()).build() : out.build();
    }
}
