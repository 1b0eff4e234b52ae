package io.stackhouse.pipeline.otlp.json;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.stackhouse.pipeline.RejectedException;
import io.stackhouse.pipeline.Signal;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a message by their names in JSON, made once out of the protobuf descriptors. Shapes refer to one another as messages
 * do, in circles too. Immutable once {@link #of} has returned; any thread.
 */
final class MessageShape {
    private static final MessageShape PROFILES_V1 = of(ExportProfilesServiceRequest.getDescriptor(), new HashMap<>());
    private static final MessageShape TRACES = of(ExportTraceServiceRequest.getDescriptor(), new HashMap<>());

    private final boolean nestsWithoutBound;
    private final Map<String, FieldShape> byName = new HashMap<>();
    private final Map<String, String> namesByProtobufName = new HashMap<>();

    private MessageShape(boolean nestsWithoutBound) {
        this.nestsWithoutBound = nestsWithoutBound;
    }

    /**
     * The shape of an export request.
     *
     * @throws RejectedException when this version of the profiles protocol is not spoken here
     */
    static MessageShape request(Signal signal, int wireVersion) {
        if (signal == Signal.TRACES) {
            return TRACES;
        }
        if (wireVersion != 1) {
            throw new RejectedException(
                    "version " + wireVersion + " of the profiles protocol is not supported; supported is 1");
        }
        return PROFILES_V1;
    }

    /** The field of that lowerCamelCase name, null when this message has none. */
    @Nullable
    FieldShape field(String name) {
        return byName.get(name);
    }

    /** The right name for one that is spelled as in the .proto files, null when it is not a misspelling of that kind. */
    @Nullable
    String nameForProtobufName(String name) {
        return namesByProtobufName.get(name);
    }

    /** Whether it is AnyValue, the only message that may be within itself. */
    boolean nestsWithoutBound() {
        return nestsWithoutBound;
    }

    private static MessageShape of(Descriptor message, Map<String, MessageShape> known) {
        MessageShape made = known.get(message.getFullName());
        if (made != null) {
            return made;
        }
        if (message.getRealOneofs().size() > 1) {
            throw new IllegalStateException(message.getFullName() + " has more than the one oneof that is checked");
        }
        MessageShape shape = new MessageShape(message.equals(AnyValue.getDescriptor()));
        known.put(message.getFullName(), shape);
        for (FieldDescriptor field : message.getFields()) {
            boolean isMessage = field.getJavaType() == FieldDescriptor.JavaType.MESSAGE;
            shape.byName.put(
                    field.getJsonName(), FieldShape.of(field, isMessage ? of(field.getMessageType(), known) : null));
            if (!field.getName().equals(field.getJsonName())) {
                shape.namesByProtobufName.put(field.getName(), field.getJsonName());
            }
        }
        return shape;
    }
}
