package io.stackhouse.threadcontext;

import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.TraceId;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** A reader of the calling thread's record, by the words of OTEP 4947 and through the TLS pointer itself. */
record Published(String traceId, String spanId, int flags, Map<Integer, String> attributes) {
    /** Null when the thread shows nothing. */
    static Published here() {
        if (NativeLibrary.failure() != null) {
            throw new AssertionError(NativeLibrary.failure());
        }
        ByteBuffer record = Native.published();
        if (record == null) {
            return null;
        }
        assertAligned(record);
        record.order(ByteOrder.nativeOrder());
        if (record.get(24) != 1) {
            return null;
        }
        byte[] ids = new byte[24];
        record.get(ids);
        byte[] attributes = new byte[Short.toUnsignedInt(record.getShort(26))];
        record.position(28);
        record.get(attributes);
        byte[] trace = java.util.Arrays.copyOf(ids, 16);
        byte[] span = java.util.Arrays.copyOfRange(ids, 16, 24);
        return new Published(
                TraceId.fromBytes(trace), SpanId.fromBytes(span), record.get(25), decode(ByteBuffer.wrap(attributes)));
    }

    private static void assertAligned(ByteBuffer record) {
        if (record.alignmentOffset(0, 2) != 0) {
            throw new AssertionError("the record is not aligned");
        }
    }

    private static Map<Integer, String> decode(ByteBuffer attributes) {
        Map<Integer, String> decoded = new TreeMap<>();
        while (attributes.hasRemaining()) {
            int key = Byte.toUnsignedInt(attributes.get());
            byte[] value = new byte[Byte.toUnsignedInt(attributes.get())];
            attributes.get(value);
            decoded.put(key, new String(value, StandardCharsets.UTF_8));
        }
        return decoded;
    }
}
