package io.stackhouse.agent.unwind;

import io.stackhouse.agent.elf.ElfFormatException;
import java.io.IOException;

/**
 * Carries out call frame instructions (DWARF 5, 6.4.2) and hands over a row wherever the rule changes. Of all registers only CFA, frame pointer and
 * return address are followed. One thread.
 */
final class CfaProgram {
    private static final int MAX_REMEMBERED = 64;

    private static final int ADVANCE = 0x40;
    private static final int OFFSET = 0x80;
    private static final int RESTORE = 0xc0;

    private final Machine machine;
    private final FrameBytes in;
    private final CfaExpression expression;
    private final FrameState state = new FrameState();
    private final FrameState initial = new FrameState();
    private final FrameState[] remembered = new FrameState[MAX_REMEMBERED];
    private int depth;
    private CommonEntry entry;
    private long addressOfFile;
    private long address;

    CfaProgram(Machine machine, FrameBytes in, CommonEntry none) {
        this.machine = machine;
        this.in = in;
        this.entry = none;
        expression = new CfaExpression(machine, in);
        for (int i = 0; i < MAX_REMEMBERED; i++) {
            remembered[i] = new FrameState();
        }
    }

    /** Makes the state that all functions of the common entry begin with. */
    void begin(CommonEntry common, long sectionEnd, long addressOfFileBytes) throws IOException {
        entry = common;
        addressOfFile = addressOfFileBytes;
        depth = 0;
        state.clear(machine);
        initial.clear(machine);
        in.seek(common.instructions(), sectionEnd);
        in.limit(common.end());
        while (in.hasMore()) {
            if (step()) {
                throw new ElfFormatException("common frame information advances");
            }
        }
        initial.set(state);
    }

    /** Carries out a function's instructions from the place of {@code in} to its limit; {@link #begin} came before. */
    void run(long start, RowSink rows) throws IOException {
        address = start;
        depth = 0;
        state.set(initial);
        long from = start;
        while (in.hasMore()) {
            long rule = 0;
            boolean isAdvance = isAdvanceNext();
            if (isAdvance) {
                rule = state.rule(machine);
            }
            step();
            if (isAdvance && address > from) {
                rows.row(from, rule);
                from = address;
            }
        }
        rows.row(from, state.rule(machine));
    }

    private boolean isAdvanceNext() throws IOException {
        // The instructions that advance are the only ones that end a row.
        long at = in.position();
        int op = in.u8();
        in.rewind(at);
        return (op & 0xc0) == ADVANCE || (op >= 0x01 && op <= 0x04) || op == 0x1d;
    }

    /** One instruction; true if it advanced. */
    private boolean step() throws IOException {
        int op = in.u8();
        int low = op & 0x3f;
        switch (op & 0xc0) {
            case ADVANCE -> {
                return advance(low);
            }
            case OFFSET -> offset(low, in.uleb() * entry.dataAlignment());
            case RESTORE -> restore(low);
            default -> {
                return extended(op);
            }
        }
        return false;
    }

    private boolean extended(int op) throws IOException {
        switch (op) {
            case 0x00 -> {} // nop
            case 0x01 -> {
                long next = in.pointer(entry.pointerEncoding(), addressOfFile, 0);
                return advance((next - address) / Math.max(1, entry.codeAlignment()));
            }
            case 0x02 -> {
                return advance(in.u8());
            }
            case 0x03 -> {
                return advance(in.u16());
            }
            case 0x04 -> {
                return advance(in.u32());
            }
            case 0x1d -> {
                return advance(in.i64());
            }
            case 0x0a -> remember();
            case 0x0b -> recall();
            default -> registers(op);
        }
        return false;
    }

    private void registers(int op) throws IOException {
        switch (op) {
            case 0x05 -> offset(in.uleb(), in.uleb() * entry.dataAlignment());
            case 0x11 -> offset(in.uleb(), in.sleb() * entry.dataAlignment());
            case 0x2f -> offset(in.uleb(), -in.uleb() * entry.dataAlignment());
            case 0x06 -> restore(in.uleb());
            case 0x07 -> undefined(in.uleb());
            case 0x08 -> same(in.uleb());
            case 0x09 -> {
                lost(in.uleb());
                in.uleb();
            }
            case 0x0c -> cfa(in.uleb(), in.uleb());
            case 0x12 -> cfa(in.uleb(), in.sleb() * entry.dataAlignment());
            case 0x0d -> cfa(in.uleb(), state.cfaOffset);
            case 0x0e -> cfa(state.cfaRegister, in.uleb());
            case 0x13 -> cfa(state.cfaRegister, in.sleb() * entry.dataAlignment());
            case 0x0f -> cfaExpression();
            case 0x10 -> savedByExpression(in.uleb());
            case 0x14, 0x15 -> {
                lost(in.uleb());
                in.uleb();
            }
            case 0x16 -> {
                lost(in.uleb());
                in.skip(in.uleb());
            }
            case 0x2d -> {} // AARCH64_negate_ra_state, GNU_window_save
            case 0x2e -> in.uleb(); // GNU_args_size
            default ->
                throw new ElfFormatException("call frame instruction 0x" + Integer.toHexString(op) + " is not known");
        }
    }

    private boolean advance(long units) {
        long bytes = units * entry.codeAlignment();
        // Backwards, or around the address space: a damaged file.
        address = bytes < 0 || address + bytes < address ? address : address + bytes;
        return true;
    }

    private void cfa(long register, long offset) {
        state.cfaForm = FrameState.REGISTER;
        state.cfaRegister = (int) Math.min(register & Long.MAX_VALUE, Integer.MAX_VALUE);
        state.cfaOffset = offset;
    }

    private void cfaExpression() throws IOException {
        long end = expressionEnd();
        state.cfaForm = FrameState.EXPRESSION;
        state.cfaRule = in.hasMore() && in.position() < end ? expression.cfa(end) : Rule.OF_NOTHING;
        finish(end);
    }

    private void savedByExpression(long register) throws IOException {
        long end = expressionEnd();
        if (register == machine.framePointer() && in.position() < end) {
            int offset = expression.offsetFromFramePointer(end);
            state.isFpByFp = offset != Rule.SAME;
            state.fpOffset = offset == Rule.SAME ? FrameState.SAME : offset * 8L;
        } else {
            lost(register);
        }
        finish(end);
    }

    private long expressionEnd() throws IOException {
        long bytes = in.uleb();
        if (bytes < 0 || in.position() + bytes < in.position()) {
            throw new ElfFormatException("an expression of " + Long.toUnsignedString(bytes) + " bytes");
        }
        return in.position() + bytes;
    }

    private void finish(long end) throws IOException {
        if (end < in.position()) {
            throw new ElfFormatException("an expression goes beyond its end at " + end);
        }
        in.skip(end - in.position());
    }

    private void offset(long register, long offset) {
        if (register == machine.framePointer()) {
            state.fpOffset = offset;
            state.isFpByFp = false;
        } else if (register == entry.returnAddress()) {
            state.raOffset = offset;
            state.isRaUndefined = false;
        }
    }

    private void restore(long register) {
        if (register == machine.framePointer()) {
            state.fpOffset = initial.fpOffset;
            state.isFpByFp = initial.isFpByFp;
        } else if (register == entry.returnAddress()) {
            state.raOffset = initial.raOffset;
            state.isRaUndefined = initial.isRaUndefined;
        }
    }

    private void undefined(long register) {
        if (register == entry.returnAddress()) {
            state.isRaUndefined = true;
        }
    }

    private void same(long register) {
        if (register == machine.framePointer()) {
            state.fpOffset = FrameState.SAME;
            state.isFpByFp = false;
        } else if (register == entry.returnAddress()) {
            state.raOffset = FrameState.SAME;
            state.isRaUndefined = false;
        }
    }

    /** A rule that cannot be followed: for the frame pointer the register is taken as it is, for the rest nothing is known. */
    private void lost(long register) {
        if (register == entry.returnAddress()) {
            state.raOffset = Long.MAX_VALUE;
            state.isRaUndefined = false;
        }
    }

    private void remember() throws ElfFormatException {
        if (depth == MAX_REMEMBERED) {
            throw new ElfFormatException("more than " + MAX_REMEMBERED + " remembered states");
        }
        remembered[depth++].set(state);
    }

    private void recall() throws ElfFormatException {
        if (depth == 0) {
            throw new ElfFormatException("a state is restored that was not remembered");
        }
        state.set(remembered[--depth]);
    }
}
