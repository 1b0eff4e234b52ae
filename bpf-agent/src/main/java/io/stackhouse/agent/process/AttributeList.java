package io.stackhouse.agent.process;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The list of OTEL_RESOURCE_ATTRIBUTES: {@code key1=value1,key2=value2}, percent-encoded. A list with any mistake is set aside as a whole, as OpenTelemetry has it.
 */
final class AttributeList {
    private static final int MAX_ATTRIBUTES = 128;
    private static final int MAX_KEY_LENGTH = 255;

    private AttributeList() {}

    /** Adds the attributes; false, and none is added, if the list is malformed. Of a key that comes twice the last value counts. */
    static boolean parse(String list, Map<String, String> into) {
        Map<String, String> found = new LinkedHashMap<>();
        for (String pair : list.split(",", -1)) {
            if (pair.isBlank()) {
                continue;
            }
            int equals = pair.indexOf('=');
            String key = equals < 0 ? null : decoded(pair.substring(0, equals).strip());
            String value =
                    equals < 0 ? null : decoded(pair.substring(equals + 1).strip());
            if (key == null || key.isEmpty() || key.length() > MAX_KEY_LENGTH || value == null) {
                return false;
            }
            found.put(key, value);
        }
        if (found.size() > MAX_ATTRIBUTES) {
            return false;
        }
        into.putAll(found);
        return true;
    }

    /** Null if an escape is malformed or the bytes are not UTF-8. */
    private static @Nullable String decoded(String text) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int n = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] != '%') {
                bytes[n++] = bytes[i];
                continue;
            }
            int high = i + 2 < bytes.length ? Character.digit(bytes[i + 1], 16) : -1;
            int low = i + 2 < bytes.length ? Character.digit(bytes[i + 2], 16) : -1;
            if (high < 0 || low < 0) {
                return null;
            }
            bytes[n++] = (byte) ((high << 4) | low);
            i += 2;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, 0, n))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }
}
