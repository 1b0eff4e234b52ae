package io.stackhouse.agent.dwarf;

import io.stackhouse.agent.elf.Pace;
import java.io.IOException;
import java.util.Arrays;

/**
 * Runs a unit's line program once and notes the rows of the addresses asked for: no row is kept but those. Threads: one.
 */
final class LineProgram {
    private static final int COPY = 1;
    private static final int ADVANCE_PC = 2;
    private static final int ADVANCE_LINE = 3;
    private static final int SET_FILE = 4;
    private static final int SET_COLUMN = 5;
    private static final int CONST_ADD_PC = 8;
    private static final int FIXED_ADVANCE_PC = 9;
    private static final int END_SEQUENCE = 1;
    private static final int SET_ADDRESS = 2;

    private final LineHeader header;
    private final DwarfCursor in;
    private final int addressBytes;
    private final long[] wanted;
    private final Pace pace;

    /** Of each address asked for: its file, line and column; file -1 where none was found. */
    final long[] file;

    final int[] line;
    final int[] column;

    private long address;
    private long currentFile;
    private int currentLine;
    private int currentColumn;
    private boolean hasPrevious;
    private long previousAddress;
    private long previousFile;
    private int previousLine;
    private int previousColumn;

    /** The addresses asked for must be sorted. */
    LineProgram(LineHeader header, DwarfCursor in, int addressBytes, long[] wanted, Pace pace) {
        this.header = header;
        this.in = in;
        this.addressBytes = addressBytes;
        this.wanted = wanted;
        this.pace = pace;
        file = new long[wanted.length];
        line = new int[wanted.length];
        column = new int[wanted.length];
        Arrays.fill(file, -1);
    }

    void run() throws IOException {
        reset();
        int steps = 0;
        while (in.position() < header.end) {
            int opcode = in.u8();
            if (opcode >= header.opcodeBase) {
                special(opcode - header.opcodeBase);
            } else if (opcode == 0) {
                extended();
            } else {
                standard(opcode);
            }
            if (++steps % Pace.ENTRIES == 0) {
                pace.step();
            }
        }
    }

    private void reset() {
        address = 0;
        currentFile = 1;
        currentLine = 1;
        currentColumn = 0;
        hasPrevious = false;
    }

    private void special(int adjusted) {
        address += (long) header.minimumInstruction * (adjusted / header.lineRange);
        currentLine += header.lineBase + adjusted % header.lineRange;
        row();
    }

    private void standard(int opcode) throws IOException {
        switch (opcode) {
            case COPY -> row();
            case ADVANCE_PC -> address += header.minimumInstruction * in.unsigned();
            case ADVANCE_LINE -> currentLine += (int) in.signed();
            case SET_FILE -> currentFile = in.unsigned();
            case SET_COLUMN -> currentColumn = (int) in.unsigned();
            case CONST_ADD_PC ->
                address += (long) header.minimumInstruction * ((255 - header.opcodeBase) / header.lineRange);
            case FIXED_ADVANCE_PC -> address += in.u16();
            default -> {
                for (int i = 0; i < header.operands[opcode]; i++) {
                    in.unsigned();
                }
            }
        }
    }

    private void extended() throws IOException {
        long length = in.unsigned();
        long end = in.position() + length;
        int opcode = length == 0 ? 0 : in.u8();
        if (opcode == END_SEQUENCE) {
            row();
            reset();
        } else if (opcode == SET_ADDRESS) {
            address = in.address(length == 9 ? 8 : addressBytes);
        }
        in.at(end);
    }

    /** A row ends the one before it. */
    private void row() {
        if (hasPrevious && address > previousAddress && previousAddress > 0) {
            int i = Arrays.binarySearch(wanted, previousAddress);
            for (int k = i < 0 ? -i - 1 : i; k < wanted.length && wanted[k] < address; k++) {
                file[k] = previousFile;
                line[k] = Math.max(0, previousLine);
                column[k] = Math.max(0, previousColumn);
            }
        }
        hasPrevious = true;
        previousAddress = address;
        previousFile = currentFile;
        previousLine = currentLine;
        previousColumn = currentColumn;
    }
}
