package io.stackhouse.pipeline.testing;

import java.util.Random;

/** Random numbers that a fuzzer chooses: read from its bytes, and 0 once they are used up. One thread. */
public final class SteeredRandom extends Random {
    private static final long serialVersionUID = 1;

    private final transient byte[] steering;
    private final int end;
    private int position;

    public SteeredRandom(byte[] steering, int start, int end) {
        super(0);
        this.steering = steering;
        this.position = start;
        this.end = end;
    }

    @Override
    protected int next(int bits) {
        int value = 0;
        for (int i = 0; i < bits; i += 8) {
            value = value << 8 | (position < end ? steering[position++] & 0xff : 0);
        }
        return bits == 32 ? value : value & ((1 << bits) - 1);
    }
}
