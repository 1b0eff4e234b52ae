package io.stackhouse.pipeline.otlp;

import io.stackhouse.pipeline.RejectedException;
import io.stackhouse.pipeline.batch.AttributeValue;
import io.stackhouse.pipeline.batch.Attributes;
import io.stackhouse.pipeline.batch.Dictionary;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * AnyValue and KeyValue (opentelemetry/proto/common/v1/common.proto) out of a message's bytes. Stateless.
 *
 * <p>AnyValue is the only message that nests without bound; deeper than {@link #MAX_DEPTH} is refused.
 */
final class AnyValues {
    static final int MAX_DEPTH = 64;

    private AnyValues() {}

    /** Reads an AnyValue of the message that the dictionary came with. */
    static AttributeValue read(Dictionary dictionary, int offset, int length) {
        return anyValue(new WireReader(dictionary.wire(), offset, length), dictionary, 0);
    }

    /** Reads the KeyValue at the place into {@code target}; the first of equal keys stays. */
    static void readKeyValue(Dictionary dictionary, int offset, int length, Attributes target) {
        keyValue(new WireReader(dictionary.wire(), offset, length), dictionary, target, 0);
    }

    /** Walks an AnyValue without keeping anything, so that a later {@link #read} can't fail. */
    static void check(byte[] wire, int offset, int length, int stringCount) {
        checkAnyValue(new WireReader(wire, offset, length), stringCount, 0);
    }

    private static void checkAnyValue(WireReader in, int stringCount, int depth) {
        checkDepth(depth);
        while (in.hasMore()) {
            int tag = in.tag();
            if (tag == tag(5, WireReader.LENGTH_DELIMITED) || tag == tag(6, WireReader.LENGTH_DELIMITED)) {
                int outer = in.enter();
                while (in.hasMore()) {
                    int inner = in.tag();
                    if (inner != tag(1, WireReader.LENGTH_DELIMITED)) {
                        in.skip(inner);
                    } else if (tag == tag(5, WireReader.LENGTH_DELIMITED)) {
                        int saved = in.enter();
                        checkAnyValue(in, stringCount, depth + 1);
                        in.leave(saved);
                    } else {
                        int saved = in.enter();
                        checkKeyValue(in, stringCount, depth + 1);
                        in.leave(saved);
                    }
                }
                in.leave(outer);
            } else if (tag == tag(8, WireReader.VARINT)) {
                checkString(in, stringCount);
            } else {
                in.skip(tag);
            }
        }
    }

    private static void checkKeyValue(WireReader in, int stringCount, int depth) {
        while (in.hasMore()) {
            int tag = in.tag();
            if (tag == tag(2, WireReader.LENGTH_DELIMITED)) {
                int saved = in.enter();
                checkAnyValue(in, stringCount, depth);
                in.leave(saved);
            } else if (tag == tag(3, WireReader.VARINT)) {
                checkString(in, stringCount);
            } else {
                in.skip(tag);
            }
        }
    }

    private static void checkString(WireReader in, int stringCount) {
        int index = in.int32();
        if (index < 0 || index >= Math.max(1, stringCount)) {
            throw new RejectedException("string index " + index + " is outside the string table of " + stringCount);
        }
    }

    private static AttributeValue anyValue(WireReader in, Dictionary dictionary, int depth) {
        checkDepth(depth);
        AttributeValue value = AttributeValue.empty();
        while (in.hasMore()) {
            int tag = in.tag();
            if (tag == tag(1, WireReader.LENGTH_DELIMITED)) {
                value = AttributeValue.of(text(in));
            } else if (tag == tag(2, WireReader.VARINT)) {
                value = AttributeValue.of(in.varint() != 0);
            } else if (tag == tag(3, WireReader.VARINT)) {
                value = AttributeValue.of(in.varint());
            } else if (tag == tag(4, WireReader.FIXED64)) {
                value = new AttributeValue.DoubleValue(Double.longBitsToDouble(in.fixed64()));
            } else if (tag == tag(5, WireReader.LENGTH_DELIMITED)) {
                value = array(in, dictionary, depth);
            } else if (tag == tag(6, WireReader.LENGTH_DELIMITED)) {
                value = map(in, dictionary, depth);
            } else if (tag == tag(7, WireReader.LENGTH_DELIMITED)) {
                int end = in.delimitedEnd();
                value = new AttributeValue.BytesValue(in.copy(in.position(), end));
                in.skipTo(end);
            } else if (tag == tag(8, WireReader.VARINT)) {
                value = AttributeValue.of(string(in, dictionary));
            } else {
                in.skip(tag);
            }
        }
        return value;
    }

    private static AttributeValue array(WireReader in, Dictionary dictionary, int depth) {
        int outer = in.enter();
        List<AttributeValue> values = new ArrayList<>();
        while (in.hasMore()) {
            int tag = in.tag();
            if (tag == tag(1, WireReader.LENGTH_DELIMITED)) {
                int saved = in.enter();
                values.add(anyValue(in, dictionary, depth + 1));
                in.leave(saved);
            } else {
                in.skip(tag);
            }
        }
        in.leave(outer);
        return new AttributeValue.ArrayValue(List.copyOf(values));
    }

    private static AttributeValue map(WireReader in, Dictionary dictionary, int depth) {
        int outer = in.enter();
        Attributes values = new Attributes();
        while (in.hasMore()) {
            int tag = in.tag();
            if (tag == tag(1, WireReader.LENGTH_DELIMITED)) {
                int saved = in.enter();
                keyValue(in, dictionary, values, depth + 1);
                in.leave(saved);
            } else {
                in.skip(tag);
            }
        }
        in.leave(outer);
        return new AttributeValue.MapValue(values);
    }

    private static void keyValue(WireReader in, Dictionary dictionary, Attributes target, int depth) {
        String literalKey = "";
        String indexedKey = "";
        AttributeValue value = AttributeValue.empty();
        while (in.hasMore()) {
            int tag = in.tag();
            if (tag == tag(1, WireReader.LENGTH_DELIMITED)) {
                literalKey = text(in);
            } else if (tag == tag(2, WireReader.LENGTH_DELIMITED)) {
                int saved = in.enter();
                value = anyValue(in, dictionary, depth);
                in.leave(saved);
            } else if (tag == tag(3, WireReader.VARINT)) {
                indexedKey = keyString(in, dictionary);
            } else {
                in.skip(tag);
            }
        }
        target.putIfAbsent(literalKey.isEmpty() ? indexedKey : literalKey, value);
    }

    private static String text(WireReader in) {
        int end = in.delimitedEnd();
        String text = new String(in.copy(in.position(), end), StandardCharsets.UTF_8);
        in.skipTo(end);
        return text;
    }

    /** Index 0 means that the key is not given by index, whatever row 0 of a careless producer holds. */
    private static String keyString(WireReader in, Dictionary dictionary) {
        int position = in.position();
        if (in.int32() == 0) {
            return "";
        }
        in.skipTo(position);
        return string(in, dictionary);
    }

    private static String string(WireReader in, Dictionary dictionary) {
        int index = in.int32();
        if (index < 0 || index >= dictionary.stringCount()) {
            throw new RejectedException(
                    "string index " + index + " is outside the string table of " + dictionary.stringCount());
        }
        return dictionary.string(index);
    }

    private static void checkDepth(int depth) {
        if (depth > MAX_DEPTH) {
            throw new RejectedException("an attribute value is nested deeper than " + MAX_DEPTH);
        }
    }

    private static int tag(int field, int wireType) {
        return field << 3 | wireType;
    }
}
