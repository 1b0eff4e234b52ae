package io.stackhouse.pipeline.fuzz;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import java.io.IOException;
import java.util.Arrays;

/**
 * Finds a value that is an array or map, then another member of its oneof, then an array or map again: protobuf-java joins the two, where
 * only the last counts. One for each value.
 */
final class ReturningMembers {
    private static final int MAX_DEPTH = 200;

    private boolean hasArray;
    private boolean hasMap;
    private boolean isArrayOver;
    private boolean isMapOver;

    private ReturningMembers() {}

    /** Whether a profiles request has one, in its resources, scopes or attribute table. */
    static boolean areIn(byte[] request) {
        ByteString body = ByteString.copyFrom(request);
        return isAt(body, 1, 1, 1) || isAt(body, 1, 2, 1, 3) || isAt(body, 2, 6);
    }

    /** Follows field numbers down to the message that holds a value in field 2. */
    private static boolean isAt(ByteString message, int... path) {
        if (path.length == 0) {
            return hasValue(message, 0);
        }
        int[] rest = Arrays.copyOfRange(path, 1, path.length);
        boolean[] found = new boolean[1];
        each(message, (tag, bytes) -> found[0] |= tag == (path[0] << 3 | 2) && isAt(bytes, rest));
        return found[0];
    }

    private static boolean hasValue(ByteString keyValue, int depth) {
        ReturningMembers value = new ReturningMembers();
        boolean[] found = new boolean[1];
        each(keyValue, (tag, bytes) -> found[0] |= tag == (2 << 3 | 2) && value.isIn(bytes, depth));
        return found[0];
    }

    private boolean isIn(ByteString value, int depth) {
        if (depth > MAX_DEPTH) {
            return false;
        }
        boolean[] found = new boolean[1];
        each(value, (tag, bytes) -> {
            switch (tag) {
                case 5 << 3 | 2 -> {
                    found[0] |= isArrayOver || isElement(bytes, depth);
                    hasArray = true;
                    isMapOver |= hasMap;
                }
                case 6 << 3 | 2 -> {
                    found[0] |= isMapOver || isEntry(bytes, depth);
                    hasMap = true;
                    isArrayOver |= hasArray;
                }
                case 1 << 3 | 2, 2 << 3, 3 << 3, 4 << 3 | 1, 7 << 3 | 2, 8 << 3 -> {
                    isArrayOver |= hasArray;
                    isMapOver |= hasMap;
                }
                default -> {
                    // Unknown: it is no member.
                }
            }
        });
        return found[0];
    }

    private static boolean isElement(ByteString array, int depth) {
        boolean[] found = new boolean[1];
        each(array, (tag, bytes) -> found[0] |= tag == (1 << 3 | 2) && new ReturningMembers().isIn(bytes, depth + 1));
        return found[0];
    }

    private static boolean isEntry(ByteString map, int depth) {
        boolean[] found = new boolean[1];
        each(map, (tag, bytes) -> found[0] |= tag == (1 << 3 | 2) && hasValue(bytes, depth + 1));
        return found[0];
    }

    /** Takes a field's tag, and its bytes when it has a length. */
    @FunctionalInterface
    private interface FieldTaker {
        void take(int tag, ByteString bytes);
    }

    private static void each(ByteString message, FieldTaker taker) {
        CodedInputStream in = message.newCodedInput();
        try {
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                if ((tag & 7) == 2) {
                    taker.take(tag, in.readBytes());
                } else {
                    in.skipField(tag);
                    taker.take(tag, ByteString.EMPTY);
                }
            }
        } catch (IOException e) {
            // Malformed from here on; both readers have said what they think of that.
        }
    }
}
