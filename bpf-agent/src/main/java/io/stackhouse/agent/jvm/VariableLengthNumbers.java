package io.stackhouse.agent.jvm;

import io.stackhouse.agent.process.TargetMemory;
import io.stackhouse.agent.process.TargetReadException;

/**
 * A stream of HotSpot's variable-length numbers (UNSIGNED5): up to five bytes, six bits of each beyond the first 192 values, the least significant first.
 * Threads: one.
 */
final class VariableLengthNumbers {
    private static final int LOW_CODES = 192;
    private static final int MAX_BYTES = 5;

    private final TargetMemory memory;
    private final int excluded;
    private long position;

    /**
     * A stream.
     *
     * @param excluded 1 if no byte of a number is zero, else 0
     */
    VariableLengthNumbers(TargetMemory memory, long position, int excluded) {
        this.memory = memory;
        this.position = position;
        this.excluded = excluded;
    }

    int u8() throws TargetReadException {
        return memory.u8(position++);
    }

    int unsigned() throws TargetReadException {
        int sum = 0;
        for (int i = 0; i < MAX_BYTES; i++) {
            int code = u8();
            if (code < excluded) {
                throw new TargetReadException("a zero byte in a number");
            }
            sum += (code - excluded) << (6 * i);
            if (code < LOW_CODES) {
                break;
            }
        }
        return sum;
    }

    int signed() throws TargetReadException {
        int value = unsigned();
        return (value >>> 1) ^ -(value & 1);
    }
}
