package io.stackhouse.processor.downsample;

/** Why a row is kept. Codes begin at 0, in the order of the constants. */
enum Reason {
    /** By chance, with the probability weight/τ. */
    CHANCE(0),
    /** Its weight is τ or more, or it can't be sampled. */
    WEIGHT(1),
    /** Its trace is kept by consistent probability sampling. */
    SAMPLED_TRACE(2),
    /** Its trace failed or was slow. */
    NOTABLE_TRACE(3),
    /** Its stack is seen for the first time in this hour. */
    FIRST_SEEN(4);

    private final byte code;

    Reason(int code) {
        this.code = (byte) code;
    }

    byte code() {
        return code;
    }
}
