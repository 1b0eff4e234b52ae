package io.stackhouse.cli.load;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Gives each profile of a foreign request an id of ours, in the place of its own, so that it is told apart in a store. Everything else stays byte for byte, in its order. Stateless; any thread.
 */
final class ProfileIdWriter {

    /** From the request to its profiles: the fields that lead down. */
    private static final int[] WAY = {1, 2, 2};

    private static final int PROFILE_ID = 7;
    private static final int TAG_TYPE_BITS = 3;

    private ProfileIdWriter() {}

    /**
     * The request with our ids.
     *
     * @param next number of the next profile, counted on
     * @throws IllegalArgumentException when it is no profiles request
     */
    static byte[] withIds(byte[] request, AtomicInteger next) {
        try {
            return rewritten(request, 0, next);
        } catch (IOException e) {
            throw new IllegalArgumentException("this is no OTLP profiles request: " + e.getMessage(), e);
        }
    }

    private static byte[] rewritten(byte[] message, int level, AtomicInteger next) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(message.length + 64);
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        CodedInputStream in = CodedInputStream.newInstance(message);
        boolean isProfile = level == WAY.length;
        int start = 0;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            int field = tag >>> TAG_TYPE_BITS;
            if (!isProfile && field == WAY[level]) {
                out.writeByteArray(field, rewritten(in.readByteArray(), level + 1, next));
            } else {
                in.skipField(tag);
                if (!isProfile || field != PROFILE_ID) {
                    out.writeRawBytes(message, start, in.getTotalBytesRead() - start);
                }
            }
            start = in.getTotalBytesRead();
        }
        if (isProfile) {
            out.writeByteArray(PROFILE_ID, ProfileIds.empty(next.getAndIncrement()));
        }
        out.flush();
        return bytes.toByteArray();
    }
}
