package io.stackhouse.pipeline.fuzz;

import java.util.Arrays;
import java.util.Random;

/** Damages messages as a fuzzer wants it: bytes replaced, inserted, cut off, and the whole repeated. Stateless. */
final class Damage {
    private static final int MAX_DAMAGE_BYTES = 32;
    private static final int MAX_BODY_BYTES = 256 * 1024;
    private static final byte[][] TELLING = {
        {0},
        {1},
        {0x7f},
        {(byte) 0x80, 1},
        {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 7},
        {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, -1, 1},
        {(byte) 0x80, (byte) 0x80, (byte) 0x80, (byte) 0x80, (byte) 0x80, (byte) 0x80, (byte) 0x80, (byte) 0x80, 0},
    };

    private Damage() {}

    /** Where in its bytes a fuzzer stops to steer the damage, and begins with the shape. */
    static int steeringEnd(byte[] steering) {
        return Math.min(MAX_DAMAGE_BYTES, steering.length / 2);
    }

    /** The message after up to four kinds of damage; the same array when there was none. */
    static byte[] of(byte[] message, Random random) {
        byte[] body = message;
        for (int i = random.nextInt(5); i > 0 && body.length > 0 && body.length < MAX_BODY_BYTES; i--) {
            body = damaged(body, random);
        }
        return body;
    }

    private static byte[] damaged(byte[] body, Random random) {
        int at = random.nextInt(body.length);
        return switch (random.nextInt(5)) {
            case 0 -> replaced(body, at, at + 1, new byte[] {(byte) random.nextInt(256)});
            case 1 -> Arrays.copyOf(body, at);
            case 2 -> replaced(body, at, at + 1, TELLING[random.nextInt(TELLING.length)]);
            case 3 -> {
                int end = at + random.nextInt(body.length - at) + 1;
                yield replaced(body, random.nextInt(body.length), -1, Arrays.copyOfRange(body, at, end));
            }
            default -> {
                // The same message many times over: what a dictionary, a resource or a sample costs when there are
                // thousands.
                int times = 1 + random.nextInt(Math.max(1, MAX_BODY_BYTES / body.length));
                byte[] repeated = new byte[body.length * times];
                for (int i = 0; i < repeated.length; i += body.length) {
                    System.arraycopy(body, 0, repeated, i, body.length);
                }
                yield repeated;
            }
        };
    }

    /** The bytes from {@code at} to {@code end} replaced; an end before {@code at} inserts. */
    private static byte[] replaced(byte[] body, int at, int end, byte[] by) {
        int tail = Math.max(at, end);
        byte[] out = new byte[at + by.length + body.length - tail];
        System.arraycopy(body, 0, out, 0, at);
        System.arraycopy(by, 0, out, at, by.length);
        System.arraycopy(body, tail, out, at + by.length, body.length - tail);
        return out;
    }
}
