package io.stackhouse.threadcontext;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Attributes of a thread, with their bytes as the record holds them: {key index, length, UTF-8}... by rising index. A value longer than 255
 * bytes is cut before the character that would pass it; an attribute for which the record has no room is left out.
 *
 * <p>Immutable; any thread.
 */
final class EncodedAttributes {
    private static final boolean LITTLE_ENDIAN = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

    static final EncodedAttributes NONE = new EncodedAttributes(new String[0], new byte[0]);
    static final int MAX_VALUE_BYTES = 255;
    static final int MAX_BYTES = ThreadRecord.WRITER - ThreadRecord.ATTRIBUTES;

    private final @Nullable String[] values;
    private final byte[] encoded;
    private final int sizeBits;

    private EncodedAttributes(@Nullable String[] values, byte[] encoded) {
        this.values = values;
        this.encoded = encoded;
        short size = (short) encoded.length;
        this.sizeBits = (LITTLE_ENDIAN ? Short.reverseBytes(size) : size) & 0xffff;
    }

    /** Not to be changed. */
    byte[] encoded() {
        return encoded;
    }

    /** The size in native order, for the lower half of an int that is stored in big-endian order. */
    int sizeBits() {
        return sizeBits;
    }

    /** One more than the highest index. */
    int keys() {
        return values.length;
    }

    /** The value of a key's index. */
    @Nullable
    String value(int key) {
        return key < values.length ? values[key] : null;
    }

    /** These with one value set or changed. */
    EncodedAttributes with(int key, String value) {
        @Nullable String[] changed = Arrays.copyOf(values, Math.max(values.length, key + 1));
        changed[key] = value;
        return new EncodedAttributes(changed, encode(changed));
    }

    private static byte[] encode(@Nullable String[] values) {
        ByteBuffer to = ByteBuffer.allocate(MAX_BYTES);
        CharsetEncoder encoder = StandardCharsets.UTF_8
                .newEncoder()
                .onMalformedInput(CodingErrorAction.REPLACE)
                .onUnmappableCharacter(CodingErrorAction.REPLACE);
        ByteBuffer one = ByteBuffer.allocate(MAX_VALUE_BYTES);
        for (int key = 0; key < values.length; key++) {
            String value = values[key];
            if (value == null) {
                continue;
            }
            one.clear();
            encoder.reset();
            encoder.encode(CharBuffer.wrap(value), one, true); // stops before a character that does not fit whole
            one.flip();
            if (to.remaining() >= 2 + one.remaining()) {
                to.put((byte) key).put((byte) one.remaining()).put(one);
            }
        }
        return Arrays.copyOf(to.array(), to.position());
    }
}
