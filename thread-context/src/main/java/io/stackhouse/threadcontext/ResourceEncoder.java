package io.stackhouse.threadcontext;

import io.opentelemetry.api.common.Attributes;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Attributes as the bytes of opentelemetry.proto.resource.v1.Resource, for the process context:
 *
 * <pre>
 *     Resource   {attributes: 1 repeated KeyValue}     KeyValue {key: 1 string, value: 2 AnyValue}
 *     AnyValue   {string: 1, bool: 2, int: 3, double: 4, array: 5 ArrayValue}     ArrayValue {values: 1 repeated AnyValue}
 * </pre>
 *
 * <p>An attribute whose value takes more than {@value #MAX_VALUE_BYTES} bytes is left out, and so is what would make the whole larger than
 * {@value #MAX_BYTES} bytes: readers copy it, and have limits of their own. One thread per call.
 */
final class ResourceEncoder {
    static final int MAX_VALUE_BYTES = 4096;
    static final int MAX_BYTES = 32768;
    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int BYTES = 2;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private ResourceEncoder() {}

    static byte[] encode(Attributes attributes) {
        ResourceEncoder resource = new ResourceEncoder();
        attributes.forEach((key, value) -> {
            byte[] encoded = value(value);
            ResourceEncoder keyValue = new ResourceEncoder();
            keyValue.bytes(1, key.getKey().getBytes(StandardCharsets.UTF_8));
            keyValue.bytes(2, encoded);
            if (encoded.length <= MAX_VALUE_BYTES && resource.out.size() + keyValue.out.size() + 6 <= MAX_BYTES) {
                resource.bytes(1, keyValue.out.toByteArray());
            }
        });
        return resource.out.toByteArray();
    }

    private static byte[] value(Object value) {
        ResourceEncoder any = new ResourceEncoder();
        if (value instanceof Boolean) {
            any.tag(2, VARINT);
            any.varint((Boolean) value ? 1 : 0);
        } else if (value instanceof Long) {
            any.tag(3, VARINT);
            any.varint((Long) value);
        } else if (value instanceof Double) {
            any.tag(4, FIXED64);
            any.fixed64(Double.doubleToRawLongBits((Double) value));
        } else if (value instanceof List) {
            ResourceEncoder array = new ResourceEncoder();
            for (Object element : (List<?>) value) {
                array.bytes(1, value(element));
            }
            any.bytes(5, array.out.toByteArray());
        } else {
            any.bytes(1, value.toString().getBytes(StandardCharsets.UTF_8));
        }
        return any.out.toByteArray();
    }

    private void tag(int field, int type) {
        varint((long) field << 3 | type);
    }

    private void bytes(int field, byte[] content) {
        tag(field, BYTES);
        varint(content.length);
        out.write(content, 0, content.length);
    }

    private void varint(long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            out.write((int) ((rest & 0x7f) | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
    }

    private void fixed64(long bits) {
        for (int shift = 0; shift < 64; shift += 8) {
            out.write((int) (bits >>> shift));
        }
    }
}
