package io.stackhouse.agent.unwind;

import java.io.IOException;

/** Knows the few DWARF expressions that compilers and linkers write for frames. One thread. */
final class CfaExpression {
    private static final int OP_DEREF = 0x06;
    private static final int OP_CONST1U = 0x08;
    private static final int OP_AND = 0x1a;
    private static final int OP_PLUS = 0x22;
    private static final int OP_PLUS_UCONST = 0x23;
    private static final int OP_SHL = 0x24;
    private static final int OP_GE = 0x2a;
    private static final int OP_LIT0 = 0x30;
    private static final int OP_LIT31 = 0x4f;
    private static final int OP_BREG0 = 0x70;
    private static final int OP_BREG31 = 0x8f;
    private static final int NO_LITERAL = -1;

    private final Machine machine;
    private final FrameBytes in;

    CfaExpression(Machine machine, FrameBytes in) {
        this.machine = machine;
        this.in = in;
    }

    /** The rule for a CFA by the expression that is next, with fp and ra to be filled in; {@link Rule#OF_NOTHING} if it is another. */
    long cfa(long end) throws IOException {
        int first = in.u8();
        if (first < OP_BREG0 || first > OP_BREG31) {
            return Rule.OF_NOTHING;
        }
        int register = first - OP_BREG0;
        long offset = in.sleb();
        if (!Rule.fits(offset) || in.position() >= end) {
            return Rule.OF_NOTHING;
        }
        int next = in.u8();
        if (next == OP_DEREF) {
            return deref(register, offset, end);
        }
        if (register == machine.stackPointer() && next == OP_BREG0 + machine.returnAddress() && in.sleb() == 0) {
            return plt(offset);
        }
        return Rule.OF_NOTHING;
    }

    /** The offset n of an expression {@code FP + n}, or {@link Rule#SAME} if it is another. */
    int offsetFromFramePointer(long end) throws IOException {
        if (in.u8() != OP_BREG0 + machine.framePointer()) {
            return Rule.SAME;
        }
        long offset = in.sleb();
        return in.position() == end && Rule.fits(offset) ? (int) (offset / 8) : Rule.SAME;
    }

    private long deref(int register, long offset, long end) throws IOException {
        long added = 0;
        if (in.position() < end) {
            if (in.u8() != OP_PLUS_UCONST) {
                return Rule.OF_NOTHING;
            }
            added = in.uleb();
        }
        if (in.position() != end || added < 0 || added > 0xff) {
            return Rule.OF_NOTHING;
        }
        if (register == machine.framePointer()) {
            return Rule.of(Rule.FP_DEREF, (int) added, (int) (offset / 8), 0, 0);
        }
        if (register == machine.stackPointer()) {
            return Rule.of(Rule.SP_DEREF, (int) added, (int) (offset / 8), 0, 0);
        }
        return Rule.OF_NOTHING;
    }

    /** As linkers write it for lazy entries: {@code SP + n + ((PC & 15) >= limit) << 3}. */
    private long plt(long offset) throws IOException {
        int mask = literal();
        if (mask != 15 || in.u8() != OP_AND) {
            return Rule.OF_NOTHING;
        }
        int limit = literal();
        if (limit < 0 || limit > 15 || in.u8() != OP_GE) {
            return Rule.OF_NOTHING;
        }
        int shift = literal();
        if (shift != 3 || in.u8() != OP_SHL || in.u8() != OP_PLUS) {
            return Rule.OF_NOTHING;
        }
        return Rule.of(Rule.PLT, limit, (int) (offset / 8), 0, 0);
    }

    private int literal() throws IOException {
        int op = in.u8();
        if (op == OP_CONST1U) {
            return in.u8();
        }
        return op >= OP_LIT0 && op <= OP_LIT31 ? op - OP_LIT0 : NO_LITERAL;
    }
}
