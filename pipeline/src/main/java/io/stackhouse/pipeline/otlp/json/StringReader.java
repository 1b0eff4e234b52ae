package io.stackhouse.pipeline.otlp.json;

/**
 * Strings straight out of a document's bytes, which are well-formed UTF-8, so that a string without escapes is copied as it stands and
 * no string takes memory beside the output. One thread.
 *
 * <p>An escaped surrogate without its other half has no UTF-8; it becomes U+FFFD, as malformed text does elsewhere in OTLP.
 */
final class StringReader {
    private static final int REPLACEMENT = 0xfffd;

    private final byte[] json;
    private int position;

    StringReader(byte[] json) {
        this.json = json;
    }

    /**
     * Appends a string's content.
     *
     * @param start where it begins, behind its quotation mark
     * @return false when it doesn't end, or has an escape that JSON doesn't know
     */
    boolean copy(int start, ProtobufBuffer out) {
        position = start;
        int from = start;
        while (position < json.length) {
            byte next = json[position];
            if (next == '"') {
                out.raw(json, from, position - from);
                return true;
            }
            if (next == '\\') {
                out.raw(json, from, position - from);
                position++;
                if (!escape(out)) {
                    return false;
                }
                from = position;
            } else {
                position++;
            }
        }
        return false;
    }

    private boolean escape(ProtobufBuffer out) {
        if (position == json.length) {
            return false;
        }
        byte kind = json[position++];
        switch (kind) {
            case '"', '\\', '/' -> out.codePoint(kind);
            case 'b' -> out.codePoint('\b');
            case 'f' -> out.codePoint('\f');
            case 'n' -> out.codePoint('\n');
            case 'r' -> out.codePoint('\r');
            case 't' -> out.codePoint('\t');
            case 'u' -> {
                return unicode(out);
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean unicode(ProtobufBuffer out) {
        int unit = codeUnit();
        if (unit < 0) {
            return false;
        }
        if (!Character.isSurrogate((char) unit)) {
            out.codePoint(unit);
            return true;
        }
        int behindFirst = position;
        if (Character.isHighSurrogate((char) unit)
                && position + 1 < json.length
                && json[position] == '\\'
                && json[position + 1] == 'u') {
            position += 2;
            int second = codeUnit();
            if (second < 0) {
                return false;
            }
            if (Character.isLowSurrogate((char) second)) {
                out.codePoint(Character.toCodePoint((char) unit, (char) second));
                return true;
            }
        }
        position = behindFirst;
        out.codePoint(REPLACEMENT);
        return true;
    }

    /** Four hexadecimal digits, or -1. */
    private int codeUnit() {
        int unit = 0;
        for (int end = position + 4; position < end; position++) {
            int digit = position < json.length ? BinaryText.hexDigit(json[position]) : -1;
            if (digit < 0) {
                return -1;
            }
            unit = (unit << 4) | digit;
        }
        return unit;
    }
}
