package io.stackhouse.cli.load;

import java.nio.ByteBuffer;
import java.util.HexFormat;

/**
 * How a profile's id of 16 bytes tells where it comes from, big endian: 4 bytes are the run's number, 4 that of the profile among all of the different requests, 8 the request's sequence number. Stateless.
 */
public final class ProfileIds {

    static final int LENGTH = 16;
    static final int RUN_OFFSET = 0;
    static final int SEQUENCE_OFFSET = 8;

    private static final int HEX_DIGITS = 16;

    private ProfileIds() {}

    static byte[] empty(int profile) {
        return ByteBuffer.allocate(LENGTH).putInt(0).putInt(profile).array();
    }

    /** How the ids of a run begin in hexadecimal digits. */
    public static String prefix(int run) {
        return HexFormat.of().toHexDigits(run);
    }

    /** The request's number in an id of 32 hexadecimal digits. */
    public static long sequence(String id) {
        return HexFormat.fromHexDigitsToLong(id.substring(id.length() - HEX_DIGITS));
    }
}
