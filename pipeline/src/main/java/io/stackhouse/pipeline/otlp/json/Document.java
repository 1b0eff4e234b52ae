package io.stackhouse.pipeline.otlp.json;

import io.stackhouse.pipeline.RejectedException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/**
 * A document's bytes before they are parsed: that they are UTF-8 and hold an object. The parser itself takes over-long UTF-8, and
 * doesn't look into strings that it skips.
 */
final class Document {
    /** Characters that are checked at a time; what they are doesn't matter. */
    private static final int CHUNK_CHARS = 4096;

    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

    private Document() {}

    /**
     * Checks a document.
     *
     * @return where the JSON begins: behind a byte order mark, if there is one
     * @throws RejectedException when it can't be a JSON object
     */
    static int start(byte[] json) {
        int start = startsWithMark(json) ? BYTE_ORDER_MARK.length : 0;
        for (int i = start; i < Math.min(json.length, start + 4); i++) {
            if (json[i] == 0 || json[i] == (byte) 0xfe || json[i] == (byte) 0xff) {
                throw reject(json, i, "looks like UTF-16 or UTF-32; OTLP/JSON must be UTF-8");
            }
        }
        int first = start;
        while (first < json.length && isSpace(json[first])) {
            first++;
        }
        if (first == json.length) {
            throw reject(json, first, "the body is empty; a request without telemetry is {}");
        }
        if (json[first] != '{') {
            throw reject(json, first, "must be an object, beginning with {");
        }
        checkUtf8(json);
        return start;
    }

    /** A rejection that names line and column, both from 1, columns in bytes. */
    static RejectedException reject(byte[] json, int offset, String what) {
        return reject(json, offset, "$", what);
    }

    static RejectedException reject(byte[] json, int offset, String path, String what) {
        int line = 1;
        int lineStart = 0;
        for (int i = 0; i < Math.min(offset, json.length); i++) {
            if (json[i] == '\n') {
                line++;
                lineStart = i + 1;
            }
        }
        return new RejectedException(
                "OTLP/JSON, line " + line + ", column " + (offset - lineStart + 1) + ", " + path + ": " + what);
    }

    private static void checkUtf8(byte[] json) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(json);
        CharBuffer out = CharBuffer.allocate(CHUNK_CHARS);
        CoderResult result;
        do {
            result = decoder.decode(in, out.clear(), true);
        } while (result.isOverflow());
        if (result.isError()) {
            throw reject(json, in.position(), "is not UTF-8 here");
        }
    }

    private static boolean startsWithMark(byte[] json) {
        return json.length >= BYTE_ORDER_MARK.length
                && json[0] == BYTE_ORDER_MARK[0]
                && json[1] == BYTE_ORDER_MARK[1]
                && json[2] == BYTE_ORDER_MARK[2];
    }

    private static boolean isSpace(byte character) {
        return character == ' ' || character == '\n' || character == '\r' || character == '\t';
    }
}
