package io.stackhouse.receiver.otlp;

import io.airlift.compress.MalformedInputException;
import io.airlift.compress.snappy.SnappyDecompressor;
import io.stackhouse.pipeline.RejectedException;
import io.stackhouse.pipeline.memory.MemoryLease;

/** Decompresses a Snappy block, whose length stands at its begin. Stateless; any thread. */
final class SnappyBlock {
    /** A copy of three bytes gives at most 64. */
    private static final int MAX_RATIO = 22;

    private SnappyBlock() {}

    static byte[] decompress(byte[] compressed, int maxBytes, MemoryLease memory) {
        try {
            long declared = declaredLength(compressed, 0, compressed.length);
            if (declared > maxBytes) {
                throw BodyBuffer.tooLarge(maxBytes);
            }
            if (declared > (long) compressed.length * MAX_RATIO) {
                throw new RejectedException("the body says it is a snappy block of " + declared + " bytes, which "
                        + compressed.length + " bytes can't hold");
            }
            memory.charge(declared);
            byte[] out = new byte[(int) declared];
            int size = new SnappyDecompressor().decompress(compressed, 0, compressed.length, out, 0, out.length);
            if (size != declared) {
                throw new RejectedException("the body is a snappy block of " + size + " bytes and says " + declared);
            }
            return out;
        } catch (MalformedInputException e) {
            throw new RejectedException(
                    "the body can't be decompressed as snappy, which its encoding says it is: " + e.getMessage(), e);
        }
    }

    /** The length at a block's begin: a varint of at most 32 bits. */
    static long declaredLength(byte[] block, int offset, int length) {
        long value = 0;
        for (int i = 0; i < 5; i++) {
            if (i >= length) {
                throw new RejectedException("the snappy block ends within its length");
            }
            int b = block[offset + i];
            value |= (long) (b & 0x7f) << (7 * i);
            if (b >= 0) {
                return value;
            }
        }
        throw new RejectedException("the snappy block's length has more than 32 bits");
    }
}
