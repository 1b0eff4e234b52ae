package io.stackhouse.pipeline.fuzz;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Message;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.stackhouse.pipeline.RejectedException;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.TooLargeException;
import io.stackhouse.pipeline.memory.MemoryBudget;
import io.stackhouse.pipeline.memory.MemoryLease;
import io.stackhouse.pipeline.otlp.json.JsonPrinter;
import io.stackhouse.pipeline.otlp.json.OtlpJson;
import io.stackhouse.pipeline.testing.Cost;
import java.io.IOException;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * What must hold for any bytes given to the JSON reader: only our exceptions, a second of processor time, no more memory than it
 * says, and a result that protobuf-java reads and that survives being printed and read again. Stateless.
 */
final class JsonRules {
    /** As {@link OtlpJson#toProtobuf} says; the constant is for buffers that don't grow with the request. */
    private static final int OUTPUT_FACTOR = 4;

    private static final double CHARGE_FACTOR = 2.5;
    private static final long MEMORY_CONSTANT = 64 * 1024;
    /** The parser's own buffers, and frames. */
    private static final long GARBAGE_CONSTANT = 4 << 20;

    private static final int GARBAGE_FACTOR = 64;
    /** A path may go through all levels that are allowed. */
    private static final int MAX_MESSAGE_CHARS = 8_000;

    private static final int MAX_NESTING = 1000;

    private JsonRules() {}

    /** The message that came of it, or null when it was refused. */
    static @Nullable Message check(Signal signal, byte[] json) {
        byte @Nullable [][] protobuf = new byte[1][];
        Cost.check(
                "transcoding " + json.length + " bytes",
                GARBAGE_FACTOR * (long) json.length + GARBAGE_CONSTANT,
                () -> protobuf[0] = transcoded(signal, json));
        byte[] out = protobuf[0];
        if (out == null) {
            return null;
        }
        if (out.length > OUTPUT_FACTOR * (long) json.length) {
            throw new AssertionError(json.length + " bytes of JSON became " + out.length + " bytes of protobuf");
        }
        Message read = read(signal, out);
        Message again = read(signal, notNull(transcoded(signal, JsonPrinter.print(read, new Random(json.length)))));
        if (!read.equals(again)) {
            throw new AssertionError("printed and read again it is another:\n" + again + "\ninstead of:\n" + read);
        }
        return read;
    }

    /** Null when it was refused. */
    private static byte @Nullable [] transcoded(Signal signal, byte[] json) {
        long bound = (long) (CHARGE_FACTOR * OUTPUT_FACTOR * json.length) + MEMORY_CONSTANT;
        MemoryBudget budget = new MemoryBudget(bound);
        try (MemoryLease lease = budget.open()) {
            byte[] out = OtlpJson.toProtobuf(signal, 1, json, lease).protobuf();
            if (lease.bytes() != out.length) {
                throw new AssertionError(lease.bytes() + " bytes stayed charged for a message of " + out.length);
            }
            return out;
        } catch (RejectedException e) {
            if (("" + e.getMessage()).length() > MAX_MESSAGE_CHARS) {
                throw new AssertionError("a message of " + ("" + e.getMessage()).length() + " characters", e);
            }
            return null;
        } catch (TooLargeException e) {
            throw new AssertionError("more than " + bound + " bytes were charged for " + json.length, e);
        }
    }

    private static byte[] notNull(byte @Nullable [] protobuf) {
        if (protobuf == null) {
            throw new AssertionError("what was read once is refused when it is printed and read again");
        }
        return protobuf;
    }

    private static Message read(Signal signal, byte[] protobuf) {
        try {
            CodedInputStream in = CodedInputStream.newInstance(protobuf);
            // Values may nest deeper than protobuf-java takes without being told.
            in.setRecursionLimit(MAX_NESTING);
            Message message = signal == Signal.PROFILES
                    ? ExportProfilesServiceRequest.parseFrom(in)
                    : ExportTraceServiceRequest.parseFrom(in);
            in.checkLastTagWas(0);
            return message;
        } catch (IOException e) {
            throw new AssertionError("protobuf-java refuses what the JSON became", e);
        }
    }
}
