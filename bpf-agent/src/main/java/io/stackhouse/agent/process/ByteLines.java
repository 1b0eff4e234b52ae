package io.stackhouse.agent.process;

import io.stackhouse.agent.elf.ByteSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads separated text without a string per line: a cursor over the current line in one reused buffer.
 *
 * <p>A line longer than the buffer is {@linkplain #wasCut cut}, its rest skipped. Threads: one. The source is not closed here.
 */
public final class ByteLines {
    private static final ByteSource NOTHING = ByteSource.of(new byte[0]);

    private final byte[] bytes;
    private ByteSource source = NOTHING;
    private byte separator = '\n';
    private long position;
    private long limit;
    private int filled;
    private int lineStart;
    private int lineEnd;
    private int nextStart;
    private int cursor;
    private boolean cut;
    private boolean terminated;

    public ByteLines(int bufferBytes) {
        bytes = new byte[bufferBytes];
    }

    /** Starts over at a position of a source. Reads at most that many bytes of it. */
    public ByteLines open(ByteSource from, long startPosition, long mostBytes, char separatedBy) {
        source = from;
        position = startPosition;
        limit = startPosition + mostBytes;
        separator = (byte) separatedBy;
        filled = 0;
        nextStart = 0;
        lineStart = 0;
        lineEnd = 0;
        cursor = 0;
        return this;
    }

    /** Forgets the source and overwrites what was read of it. */
    public void wipe() {
        open(NOTHING, 0, 0, '\n');
        Arrays.fill(bytes, (byte) 0);
    }

    /** Goes to the next line; false at the end. */
    public boolean next() throws IOException {
        cut = false;
        lineStart = nextStart;
        int at = lineStart;
        while (true) {
            while (at < filled && bytes[at] != separator) {
                at++;
            }
            if (at < filled) {
                return line(at, at + 1, true);
            }
            if (lineStart > 0) {
                System.arraycopy(bytes, lineStart, bytes, 0, filled - lineStart);
                filled -= lineStart;
                at -= lineStart;
                lineStart = 0;
            }
            if (filled == bytes.length) {
                return skipRest();
            }
            if (!fill()) {
                return filled > 0 && line(filled, filled, false);
            }
        }
    }

    /** Whether the current line was too long for the buffer. */
    public boolean wasCut() {
        return cut;
    }

    /** Whether the current line ended with a separator, not with the end of the source. */
    public boolean wasTerminated() {
        return terminated;
    }

    /** The position in the source behind the current line and its separator. */
    public long positionAfterLine() {
        return position - filled + nextStart;
    }

    /** How many bytes of the line are left. */
    public int remaining() {
        return lineEnd - cursor;
    }

    public boolean startsWith(String text) {
        if (remaining() < text.length()) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (bytes[cursor + i] != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    public boolean endsWith(String text) {
        return remaining() >= text.length()
                && text(remaining() - text.length(), remaining()).equals(text);
    }

    /** Skips a text that the rest begins with; false, and nothing is skipped, if it does not. */
    public boolean skip(String text) {
        if (!startsWith(text)) {
            return false;
        }
        cursor += text.length();
        return true;
    }

    public void skipSpaces() {
        while (cursor < lineEnd && (bytes[cursor] == ' ' || bytes[cursor] == '\t')) {
            cursor++;
        }
    }

    /** Skips up to the next space and the spaces behind it. */
    public void skipWord() {
        while (cursor < lineEnd && bytes[cursor] != ' ' && bytes[cursor] != '\t') {
            cursor++;
        }
        skipSpaces();
    }

    /** Skips up to and including the last such character of the line; false if there is none. */
    public boolean skipToLast(char wanted) {
        for (int i = lineEnd - 1; i >= cursor; i--) {
            if (bytes[i] == wanted) {
                cursor = i + 1;
                return true;
            }
        }
        return false;
    }

    /** The next character, or 0 at the end. */
    public char character() {
        return cursor < lineEnd ? (char) (bytes[cursor++] & 0xff) : 0;
    }

    /** The character that far ahead, or 0 beyond the end. */
    public char peek(int ahead) {
        return cursor + ahead < lineEnd ? (char) (bytes[cursor + ahead] & 0xff) : 0;
    }

    /** Hexadecimal digits up to the first other character; 0 if there is none. More than 16 digits overflow. */
    public long hex() {
        long value = 0;
        while (cursor < lineEnd) {
            int digit = Character.digit(bytes[cursor], 16);
            if (digit < 0) {
                break;
            }
            value = (value << 4) | digit;
            cursor++;
        }
        return value;
    }

    /** Decimal digits up to the first other character; 0 if there is none. */
    public long decimal() {
        long value = 0;
        while (cursor < lineEnd && bytes[cursor] >= '0' && bytes[cursor] <= '9') {
            value = value * 10 + (bytes[cursor++] - '0');
        }
        return value;
    }

    /** The rest of the line as text. */
    public String rest() {
        return new String(bytes, cursor, lineEnd - cursor, StandardCharsets.UTF_8);
    }

    /** The text up to the next space; goes on behind the spaces that follow. */
    public String word() {
        int start = cursor;
        while (cursor < lineEnd && bytes[cursor] != ' ' && bytes[cursor] != '\t') {
            cursor++;
        }
        String word = new String(bytes, start, cursor - start, StandardCharsets.UTF_8);
        skipSpaces();
        return word;
    }

    /** Whether the rest of the line is just this text. */
    public boolean is(String text) {
        return remaining() == text.length() && startsWith(text);
    }

    /** A part of the rest of the line, by the distance of its ends from here. */
    public String text(int from, int to) {
        int most = remaining();
        int start = Math.min(Math.max(from, 0), most);
        return new String(bytes, cursor + start, Math.max(0, Math.min(to, most) - start), StandardCharsets.UTF_8);
    }

    /** Lets the line end that many bytes from here. */
    public void keepFirst(int count) {
        lineEnd = Math.min(lineEnd, cursor + Math.max(0, count));
    }

    /** Copies at most that many bytes of the rest; returns how many. */
    public int copyRest(byte[] into, int offset, int most) {
        int count = Math.min(most, remaining());
        System.arraycopy(bytes, cursor, into, offset, count);
        return count;
    }

    private boolean line(int end, int next, boolean withSeparator) {
        lineEnd = end;
        nextStart = next;
        cursor = lineStart;
        terminated = withSeparator;
        return true;
    }

    /** The buffer holds the head of one long line: keep the first half of that, and run through the rest in the second half. */
    private boolean skipRest() throws IOException {
        cut = true;
        int kept = bytes.length / 2;
        while (true) {
            filled = kept;
            if (!fill()) {
                return line(kept, kept, false);
            }
            for (int i = kept; i < filled; i++) {
                if (bytes[i] == separator) {
                    return line(kept, i + 1, true);
                }
            }
        }
    }

    private boolean fill() throws IOException {
        int room = (int) Math.min(bytes.length - filled, limit - position);
        if (room <= 0) {
            return false;
        }
        int got = source.read(ByteBuffer.wrap(bytes, filled, room), position);
        if (got <= 0) {
            return false;
        }
        position += got;
        filled += got;
        return true;
    }
}
