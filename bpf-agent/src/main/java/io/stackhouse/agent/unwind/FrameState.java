package io.stackhouse.agent.unwind;

/** The rules for CFA, frame pointer and return address at one address of a function. Mutable; one thread. */
final class FrameState {
    /** The CFA is a register and an offset, not an expression. */
    static final int REGISTER = 0;

    static final int EXPRESSION = 1;

    int cfaForm = REGISTER;
    int cfaRegister;
    long cfaOffset;
    /** If it is an expression, the rule for it. */
    long cfaRule;

    /** From the CFA, in bytes; {@link #SAME} if the register is unchanged. */
    long fpOffset = SAME;

    boolean isFpByFp;
    long raOffset = SAME;
    boolean isRaUndefined;

    static final long SAME = Long.MIN_VALUE;

    void set(FrameState from) {
        cfaForm = from.cfaForm;
        cfaRegister = from.cfaRegister;
        cfaOffset = from.cfaOffset;
        cfaRule = from.cfaRule;
        fpOffset = from.fpOffset;
        isFpByFp = from.isFpByFp;
        raOffset = from.raOffset;
        isRaUndefined = from.isRaUndefined;
    }

    void clear(Machine machine) {
        cfaForm = REGISTER;
        cfaRegister = machine.stackPointer();
        cfaOffset = 0;
        cfaRule = Rule.OF_NOTHING;
        fpOffset = SAME;
        isFpByFp = false;
        raOffset = SAME;
        isRaUndefined = false;
    }

    /** What the BPF program is told, {@link Rule#OF_NOTHING} where it cannot be said. */
    long rule(Machine machine) {
        if (isRaUndefined) {
            return Rule.of(Rule.END, 0, 0, 0, 0);
        }
        boolean hasLinkRegister = machine.equals(Machine.ARM64);
        boolean isRaKnown = raOffset == SAME ? hasLinkRegister : Rule.fits(raOffset);
        if (!isRaKnown || (fpOffset != SAME && !Rule.fits(fpOffset))) {
            return Rule.OF_NOTHING;
        }
        int fp = fpOffset == SAME ? Rule.SAME : (int) (fpOffset / 8);
        int ra = raOffset == SAME ? Rule.SAME : (int) (raOffset / 8);
        int byFp = isFpByFp ? Rule.FP_BY_FP : 0;
        if (cfaForm == EXPRESSION) {
            return cfaRule == Rule.OF_NOTHING
                    ? cfaRule
                    : Rule.of(Rule.kind(cfaRule) | byFp, Rule.register(cfaRule), Rule.cfa(cfaRule), fp, ra);
        }
        if (!Rule.fits(cfaOffset)) {
            return Rule.OF_NOTHING;
        }
        int cfa = (int) (cfaOffset / 8);
        if (cfaRegister == machine.stackPointer()) {
            return Rule.of(Rule.SP | byFp, 0, cfa, fp, ra);
        }
        if (cfaRegister == machine.framePointer()) {
            return Rule.of(Rule.FP | byFp, 0, cfa, fp, ra);
        }
        return cfaRegister >= 0 && cfaRegister < machine.registers()
                ? Rule.of(Rule.REGISTER | byFp, cfaRegister, cfa, fp, ra)
                : Rule.OF_NOTHING;
    }
}
