package io.stackhouse.agent.jvm;

import io.stackhouse.agent.process.TargetReadException;
import java.util.Arrays;

/** Source lines of one method by bytecode index, in the order in which the class file has them. Immutable. Threads: any. */
final class LineTable {
    static final LineTable NONE = new LineTable(new char[0], new char[0], 0);

    private static final int MAX_ROWS = 65_536;
    private static final int ESCAPE = 0xff;

    private final char[] bcis;
    private final char[] lines;

    private LineTable(char[] bcis, char[] lines, int rows) {
        this.bcis = Arrays.copyOf(bcis, rows);
        this.lines = Arrays.copyOf(lines, rows);
    }

    /** Reads the compressed table: a byte {index step:5, line step:3} per row, or 255 and two signed numbers; 0 at the end. */
    static LineTable read(VariableLengthNumbers in) throws TargetReadException {
        char[] bcis = new char[16];
        char[] lines = new char[16];
        int rows = 0;
        int bci = 0;
        int line = 0;
        for (int next = in.u8(); next != 0 && rows < MAX_ROWS; next = in.u8()) {
            if (next == ESCAPE) {
                bci += in.signed();
                line += in.signed();
            } else {
                bci += next >> 3;
                line += next & 7;
            }
            if (rows == bcis.length) {
                bcis = Arrays.copyOf(bcis, 2 * rows);
                lines = Arrays.copyOf(lines, 2 * rows);
            }
            bcis[rows] = (char) bci;
            lines[rows++] = (char) line;
        }
        return new LineTable(bcis, lines, rows);
    }

    /** The line of the row that begins last at or before the index; 0 if there is none. */
    int line(int bci) {
        int best = -1;
        for (int i = 0; i < bcis.length; i++) {
            if (bcis[i] <= bci && (best < 0 || bcis[i] >= bcis[best])) {
                best = i;
            }
        }
        return best < 0 ? 0 : lines[best];
    }

    int rows() {
        return bcis.length;
    }
}
