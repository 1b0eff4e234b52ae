package io.stackhouse.pipeline.otlp;

import io.stackhouse.pipeline.batch.AttributeValue;
import io.stackhouse.pipeline.batch.AttributeValue.ArrayValue;
import io.stackhouse.pipeline.batch.AttributeValue.MapValue;
import io.stackhouse.pipeline.batch.Attributes;
import io.stackhouse.pipeline.batch.Dictionary;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads AnyValue and KeyValue (opentelemetry/proto/common/v1/common.proto) out of a message's bytes, once {@link AnyValueCheck}
 * has walked them: nothing here can fail then, and the memory is taken. Stateless.
 *
 * <p>A field that comes several times is merged as protobuf merges it: later values replace earlier ones, but arrays and maps
 * that follow one another are joined.
 */
final class AnyValues {
    private AnyValues() {}

    /** Reads the value of the KeyValueAndUnit at the place, a row of the dictionary's attribute table. */
    static AttributeValue read(Dictionary dictionary, int offset, int length) {
        WireReader in = new WireReader(dictionary.wire(), offset, length);
        AttributeValue value = AttributeValue.empty();
        while (in.hasMore()) {
            int tag = in.tag();
            if (tag == (2 << 3 | 2)) {
                value = nested(in, dictionary, value);
            } else {
                in.skip(tag);
            }
        }
        return value;
    }

    /** Reads the KeyValue that the reader is to enter into {@code target}; the first of equal keys stays. */
    static void readKeyValue(WireReader in, Dictionary dictionary, Attributes target) {
        int outer = in.enter();
        String key = "";
        int keyIndex = 0;
        AttributeValue value = AttributeValue.empty();
        while (in.hasMore()) {
            int tag = in.tag();
            switch (tag) {
                case 1 << 3 | 2 -> key = in.text();
                case 2 << 3 | 2 -> value = nested(in, dictionary, value);
                case 3 << 3 -> keyIndex = in.int32();
                default -> in.skip(tag);
            }
        }
        in.leave(outer);
        // Index 0 means that the key is not given by index, whatever row 0 of a careless producer holds.
        target.putIfAbsent(!key.isEmpty() || keyIndex == 0 ? key : dictionary.string(keyIndex), value);
    }

    private static AttributeValue nested(WireReader in, Dictionary dictionary, AttributeValue before) {
        int outer = in.enter();
        AttributeValue value = before;
        while (in.hasMore()) {
            int tag = in.tag();
            switch (tag) {
                case 1 << 3 | 2 -> value = AttributeValue.of(in.text());
                case 2 << 3 -> value = AttributeValue.of(in.varint() != 0);
                case 3 << 3 -> value = AttributeValue.of(in.varint());
                case 4 << 3 | 1 -> value = new AttributeValue.DoubleValue(Double.longBitsToDouble(in.fixed64()));
                case 5 << 3 | 2 -> value = array(in, dictionary, value);
                case 6 << 3 | 2 -> value = map(in, dictionary, value);
                case 7 << 3 | 2 -> value = new AttributeValue.BytesValue(in.bytes());
                case 8 << 3 -> value = AttributeValue.of(dictionary.string(in.int32()));
                default -> in.skip(tag);
            }
        }
        in.leave(outer);
        return value;
    }

    /** Adds to the array before, which nobody else has seen yet, or to a new one. */
    private static AttributeValue array(WireReader in, Dictionary dictionary, AttributeValue before) {
        ArrayValue array = before instanceof ArrayValue known ? known : new ArrayValue(new ArrayList<>(2));
        List<AttributeValue> values = array.values();
        int outer = in.enter();
        while (in.hasMore()) {
            int tag = in.tag();
            if (tag == (1 << 3 | 2)) {
                values.add(nested(in, dictionary, AttributeValue.empty()));
            } else {
                in.skip(tag);
            }
        }
        in.leave(outer);
        return array;
    }

    private static AttributeValue map(WireReader in, Dictionary dictionary, AttributeValue before) {
        MapValue map = before instanceof MapValue known ? known : new MapValue(new Attributes());
        int outer = in.enter();
        while (in.hasMore()) {
            int tag = in.tag();
            if (tag == (1 << 3 | 2)) {
                readKeyValue(in, dictionary, map.values());
            } else {
                in.skip(tag);
            }
        }
        in.leave(outer);
        return map;
    }
}
