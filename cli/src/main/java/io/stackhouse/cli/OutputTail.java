package io.stackhouse.cli;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/**
 * Cuts output into lines, hands each on, and keeps the last of them. Lines longer than {@value #MAX_LINE_BYTES} bytes are cut.
 *
 * <p>Threads: one writes, any reads.
 */
final class OutputTail {

    static final int MAX_LINES = 25;

    static final int MAX_LINE_BYTES = 2000;

    private final Consumer<String> lines;
    private final byte[] current = new byte[MAX_LINE_BYTES];
    private final Deque<String> last = new ArrayDeque<>();
    private int currentLength;

    OutputTail(Consumer<String> lines) {
        this.lines = lines;
    }

    void write(byte[] bytes, int length) {
        for (int i = 0; i < length; i++) {
            if (bytes[i] == '\n') {
                endLine();
            } else if (currentLength < MAX_LINE_BYTES) {
                current[currentLength] = bytes[i];
                currentLength++;
            }
        }
    }

    /** Also takes a last line that has no end. */
    void end() {
        if (currentLength > 0) {
            endLine();
        }
    }

    List<String> last() {
        synchronized (last) {
            return List.copyOf(last);
        }
    }

    private void endLine() {
        String line = new String(current, 0, currentLength, StandardCharsets.UTF_8);
        currentLength = 0;
        synchronized (last) {
            if (last.size() == MAX_LINES) {
                last.removeFirst();
            }
            last.addLast(line);
        }
        lines.accept(line);
    }
}
