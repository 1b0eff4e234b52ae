package io.stackhouse.agent.unwind;

/**
 * How a frame is left at some addresses: {@code struct sh_rule} of stackhouse.h as one number, {@code kind | reg << 8 | cfa << 16 | fp << 32
 * | ra << 48}. Offsets count 8 bytes each.
 */
final class Rule {
    static final int NONE = 0;
    static final int SP = 1;
    static final int FP = 2;
    static final int FP_DEREF = 3;
    static final int SP_DEREF = 4;
    static final int REGISTER = 5;
    static final int PLT = 6;
    static final int SIGNAL = 7;
    static final int END = 8;
    static final int KIND_MASK = 0x7f;
    static final int FP_BY_FP = 0x80;

    /** As fp: unchanged; as ra: in the link register. */
    static final int SAME = Short.MIN_VALUE;

    static final long OF_NOTHING = NONE;

    static long of(int kind, int register, int cfa, int fp, int ra) {
        return kind
                | (long) (register & 0xff) << 8
                | (long) (cfa & 0xffff) << 16
                | (long) (fp & 0xffff) << 32
                | (long) (ra & 0xffff) << 48;
    }

    static int kind(long rule) {
        return (int) rule & KIND_MASK;
    }

    static boolean isFpByFp(long rule) {
        return (rule & FP_BY_FP) != 0;
    }

    static int register(long rule) {
        return (int) (rule >>> 8) & 0xff;
    }

    static int cfa(long rule) {
        return (short) (rule >>> 16);
    }

    static int fp(long rule) {
        return (short) (rule >>> 32);
    }

    static int ra(long rule) {
        return (short) (rule >>> 48);
    }

    /** Whether an offset can be put in a rule. */
    static boolean fits(long offset) {
        return (offset & 7) == 0 && offset / 8 > Short.MIN_VALUE && offset / 8 <= Short.MAX_VALUE;
    }

    private Rule() {}
}
