package io.stackhouse.agent.context;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.stackhouse.agent.process.EncodedValue;
import io.stackhouse.pipeline.testing.Cost;

/** Any bytes as a process context: refused, or everything in it is bounded, and what is passed on as it is can be read by protobuf-java. */
public final class ProcessContextFuzz {
    private static final long MAX_ALLOCATED_PER_BYTE = 400;
    private static final long MAX_ALLOCATED_BYTES = 4 << 20;

    private ProcessContextFuzz() {}

    public static void fuzzerTestOneInput(byte[] payload) {
        if (payload.length <= PublishedBytes.MAX_PAYLOAD_BYTES) {
            Cost.check(
                    "decoding " + payload.length + " bytes",
                    MAX_ALLOCATED_BYTES + MAX_ALLOCATED_PER_BYTE * payload.length,
                    () -> check(payload));
        }
    }

    private static void check(byte[] payload) {
        ProcessContext context;
        try {
            context = ProcessContextDecoder.decode(payload);
        } catch (ContextFormatException e) {
            return;
        }
        if (context.resource().size() > ProcessContextDecoder.MAX_ATTRIBUTES
                || context.threadKeys().size() > ProcessContextDecoder.MAX_KEYS) {
            throw new AssertionError("more than is allowed: " + context);
        }
        context.resource().forEach((key, value) -> {
            if (key.isEmpty() || key.length() > ProcessContextDecoder.MAX_KEY_BYTES) {
                throw new AssertionError("a key of " + key.length());
            }
            if (value instanceof EncodedValue encoded) {
                parse(encoded.anyValue());
            }
        });
    }

    private static void parse(byte[] anyValue) {
        try {
            AnyValue unused = AnyValue.parseFrom(anyValue);
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError("what is passed on is malformed", e);
        }
    }
}
