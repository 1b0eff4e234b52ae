package io.stackhouse.agent.context;

import io.stackhouse.agent.process.EncodedValue;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/*
 * ProcessContext {1 Resource {1 KeyValue*}, 2 KeyValue*}, KeyValue {1 key, 2 AnyValue}, AnyValue {1 string, 2 bool, 3 int, 4 double, 5 array {1 AnyValue*},
 * 6 map {1 KeyValue*}, 7 bytes}. Unknown fields are passed over. Of a key that comes twice the last value counts.
 */
/**
 * Decodes what a process published. The bytes are anybody's: nothing outside of them is read, depth and numbers are bounded, texts must be UTF-8, and whatever else
 * is wrong is a {@link ContextFormatException}. Threads: any.
 */
final class ProcessContextDecoder {
    static final int MAX_ATTRIBUTES = 256;
    static final int MAX_KEYS = 256;
    static final int MAX_KEY_BYTES = 255;
    private static final int MAX_DEPTH = 8;
    private static final String SCHEMA = "threadlocal.schema_version";
    private static final String KEY_MAP = "threadlocal.attribute_key_map";

    private final Map<String, Object> resource = new LinkedHashMap<>();
    private String schema = "";
    private List<String> keys = List.of();

    private ProcessContextDecoder() {}

    static ProcessContext decode(byte[] payload) throws ContextFormatException {
        ProcessContextDecoder decoder = new ProcessContextDecoder();
        ProtoReader in = new ProtoReader(payload);
        while (in.next()) {
            if (in.isMessage(1)) {
                decoder.resource(in.message());
            } else if (in.isMessage(2)) {
                decoder.attribute(in.message());
            } else {
                in.skip();
            }
        }
        return new ProcessContext(Collections.unmodifiableMap(decoder.resource), decoder.schema, decoder.keys);
    }

    private void resource(ProtoReader in) throws ContextFormatException {
        while (in.next()) {
            if (!in.isMessage(1)) {
                in.skip();
                continue;
            }
            KeyValue attribute = keyValue(in.message(), 0);
            Object value = attribute.value == null ? null : value(attribute.value);
            if (value != null && !attribute.key.isEmpty()) {
                resource.put(attribute.key, value);
            }
            if (resource.size() > MAX_ATTRIBUTES) {
                throw new ContextFormatException("more than " + MAX_ATTRIBUTES + " attributes");
            }
        }
    }

    private void attribute(ProtoReader in) throws ContextFormatException {
        KeyValue attribute = keyValue(in, 0);
        if (attribute.value == null) {
            return;
        }
        if (attribute.key.equals(SCHEMA) && value(attribute.value.copy()) instanceof String text) {
            schema = text;
        } else if (attribute.key.equals(KEY_MAP)) {
            keys = keyMap(attribute.value);
        }
    }

    private record KeyValue(String key, @Nullable ProtoReader value) {}

    /** A value that comes twice is checked each time, though only the last counts: others read the first too. */
    private static KeyValue keyValue(ProtoReader in, int depth) throws ContextFormatException {
        String key = "";
        ProtoReader value = null;
        while (in.next()) {
            if (in.isMessage(1)) {
                key = in.text(MAX_KEY_BYTES);
            } else if (in.isMessage(2)) {
                value = in.message();
                check(value.copy(), depth);
            } else {
                in.skip();
            }
        }
        return new KeyValue(key, value);
    }

    /** Of a value that was checked; null for an empty one. */
    private static @Nullable Object value(ProtoReader in) throws ContextFormatException {
        ProtoReader whole = in.copy();
        Object value = null;
        while (in.next()) {
            if (in.isMessage(1)) {
                value = in.text(Integer.MAX_VALUE);
            } else if (in.isNumber(2)) {
                value = in.number() != 0;
            } else if (in.isNumber(3)) {
                value = in.number();
            } else {
                value = in.field() <= 7 ? new EncodedValue(whole.bytes()) : value;
                in.skip();
            }
        }
        return value;
    }

    private static List<String> keyMap(ProtoReader in) throws ContextFormatException {
        List<String> names = new ArrayList<>();
        while (in.next()) {
            if (!in.isMessage(5)) {
                in.skip();
                continue;
            }
            ProtoReader array = in.message();
            while (array.next()) {
                if (!array.isMessage(1)) {
                    array.skip();
                } else {
                    // What is no text keeps its index, under which nothing is shown.
                    names.add(value(array.message()) instanceof String name ? name : "");
                }
                if (names.size() > MAX_KEYS) {
                    throw new ContextFormatException("more than " + MAX_KEYS + " keys");
                }
            }
        }
        return List.copyOf(names);
    }

    /** Walks through a value, so that it can be passed on as it is. */
    private static void check(ProtoReader in, int depth) throws ContextFormatException {
        if (depth > MAX_DEPTH) {
            throw new ContextFormatException("values nested deeper than " + MAX_DEPTH);
        }
        while (in.next()) {
            if (in.isMessage(1)) {
                in.checkText();
            } else if (in.isMessage(5)) {
                ProtoReader array = in.message();
                while (array.next()) {
                    if (array.isMessage(1)) {
                        check(array.message(), depth + 1);
                    } else {
                        array.skip();
                    }
                }
            } else if (in.isMessage(6)) {
                checkMap(in.message(), depth + 1);
            } else {
                in.skip();
            }
        }
    }

    private static void checkMap(ProtoReader in, int depth) throws ContextFormatException {
        while (in.next()) {
            if (in.isMessage(1)) {
                KeyValue unused = keyValue(in.message(), depth);
            } else {
                in.skip();
            }
        }
    }
}
