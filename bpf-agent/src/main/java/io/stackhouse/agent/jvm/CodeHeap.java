package io.stackhouse.agent.jvm;

import io.stackhouse.agent.process.TargetMemory;
import io.stackhouse.agent.process.TargetReadException;

/**
 * One part of the code cache; it never moves or grows beyond its bounds.
 *
 * @param low address of its first byte
 * @param high the address behind the last one it may ever use
 * @param segmentMap one byte per segment: 0 where a block begins, 255 where nothing is, else how far to go back
 * @param segmentShift bytes of a segment, as a power of two
 */
record CodeHeap(long low, long high, long segmentMap, int segmentShift) {
    private static final int FREE = 255;
    /** Large blocks are left in steps of up to 254 segments; joined blocks take shorter ones. */
    private static final int MAX_STEPS = 4096;

    boolean contains(long address) {
        return Long.compareUnsigned(address, low) >= 0 && Long.compareUnsigned(address, high) < 0;
    }

    /** Where the block that has the address begins; 0 if it is free. */
    long blockOf(TargetMemory memory, long address) throws TargetReadException {
        long segment = (address - low) >>> segmentShift;
        for (int i = 0; i < MAX_STEPS && segment >= 0; i++) {
            int back = memory.u8(segmentMap + segment);
            if (back == 0) {
                return low + (segment << segmentShift);
            }
            if (back == FREE) {
                return 0;
            }
            segment -= back;
        }
        return 0;
    }
}
