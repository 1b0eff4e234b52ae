package io.stackhouse.agent.export;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * Finds google.rpc.RetryInfo among the details of a google.rpc.Status, read by field numbers: {@code Status{3: repeated Any details}},
 * {@code Any{1: type_url, 2: value}}, {@code RetryInfo{1: Duration}}, {@code Duration{1: seconds, 2: nanos}}.
 */
final class RetryInfo {
    private static final String TYPE = "google.rpc.RetryInfo";
    private static final long MAX_SECONDS = TimeUnit.HOURS.toSeconds(1);

    private RetryInfo() {}

    /** The delay, an hour at most; -1 if there is none, or if the bytes make no sense. */
    static long delayNanos(byte[] status) {
        try {
            CodedInputStream in = CodedInputStream.newInstance(status);
            long delay = -1;
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                if (isMessage(tag, 3)) {
                    delay = Math.max(delay, delayOfAny(in.readByteArray()));
                } else {
                    in.skipField(tag);
                }
            }
            return delay;
        } catch (IOException e) {
            return -1;
        }
    }

    private static long delayOfAny(byte[] any) throws IOException {
        CodedInputStream in = CodedInputStream.newInstance(any);
        boolean isRetryInfo = false;
        byte[] value = new byte[0];
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (isMessage(tag, 1)) {
                String url = in.readString();
                isRetryInfo = url.substring(url.lastIndexOf('/') + 1).equals(TYPE);
            } else if (isMessage(tag, 2)) {
                value = in.readByteArray();
            } else {
                in.skipField(tag);
            }
        }
        return isRetryInfo ? delayOfRetryInfo(value) : -1;
    }

    private static long delayOfRetryInfo(byte[] retryInfo) throws IOException {
        CodedInputStream in = CodedInputStream.newInstance(retryInfo);
        long delay = 0;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (isMessage(tag, 1)) {
                delay = durationNanos(in.readByteArray());
            } else {
                in.skipField(tag);
            }
        }
        return delay;
    }

    private static long durationNanos(byte[] duration) throws IOException {
        CodedInputStream in = CodedInputStream.newInstance(duration);
        long seconds = 0;
        int nanos = 0;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == tag(1, WireFormat.WIRETYPE_VARINT)) {
                seconds = in.readInt64();
            } else if (tag == tag(2, WireFormat.WIRETYPE_VARINT)) {
                nanos = in.readInt32();
            } else {
                in.skipField(tag);
            }
        }
        long whole = Math.max(0, Math.min(seconds, MAX_SECONDS));
        return TimeUnit.SECONDS.toNanos(whole) + Math.max(0, Math.min(nanos, 999_999_999));
    }

    private static boolean isMessage(int tag, int field) {
        return tag == tag(field, WireFormat.WIRETYPE_LENGTH_DELIMITED);
    }

    private static int tag(int field, int wireType) {
        return (field << 3) | wireType;
    }
}
