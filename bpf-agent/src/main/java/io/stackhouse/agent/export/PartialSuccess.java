package io.stackhouse.agent.export;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;

/**
 * What an ExportProfilesServiceResponse says: {@code {1: partial_success {1: rejected_profiles, 2: error_message}}}.
 *
 * @param rejectedProfiles how many the server did not take, never to be sent again
 * @param message why, or a warning if none was rejected; empty if there is nothing to say
 */
record PartialSuccess(long rejectedProfiles, String message) {
    private static final PartialSuccess NONE = new PartialSuccess(0, "");
    private static final int PARTIAL_SUCCESS = (1 << 3) | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    private static final int REJECTED = (1 << 3) | WireFormat.WIRETYPE_VARINT;
    private static final int MESSAGE = (2 << 3) | WireFormat.WIRETYPE_LENGTH_DELIMITED;

    /** A response that makes no sense still is a success. */
    static PartialSuccess parse(byte[] response) {
        try {
            CodedInputStream in = CodedInputStream.newInstance(response);
            PartialSuccess found = NONE;
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                if (tag == PARTIAL_SUCCESS) {
                    found = parseInner(in.readByteArray());
                } else {
                    in.skipField(tag);
                }
            }
            return found;
        } catch (IOException e) {
            return NONE;
        }
    }

    private static PartialSuccess parseInner(byte[] bytes) throws IOException {
        CodedInputStream in = CodedInputStream.newInstance(bytes);
        long rejected = 0;
        String message = "";
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == REJECTED) {
                rejected = in.readInt64();
            } else if (tag == MESSAGE) {
                message = in.readString();
            } else {
                in.skipField(tag);
            }
        }
        return new PartialSuccess(Math.max(0, rejected), message);
    }
}
