package io.stackhouse.receiver.otlp;

import io.stackhouse.pipeline.RejectedException;
import io.stackhouse.pipeline.otlp.ProfilesDecoder;
import java.util.List;
import java.util.regex.Pattern;

/** The header (gRPC: metadata) that names the development version a profiles request is written in. */
final class ProfilesVersion {
    static final String HEADER = "otlp-profiles-development-version";
    private static final Pattern POSITIVE = Pattern.compile("[1-9][0-9]{0,8}");

    private ProfilesVersion() {}

    /**
     * The version, before anything is decoded.
     *
     * @param values all values of the header
     * @throws RejectedException when it is not one supported version
     */
    static int of(List<String> values) {
        if (values.isEmpty()) {
            return ProfilesDecoder.DEFAULT_VERSION;
        }
        if (values.size() > 1) {
            throw new RejectedException("the header " + HEADER + " is there " + values.size() + " times; send it once");
        }
        String value = values.get(0);
        if (!POSITIVE.matcher(value).matches()) {
            throw new RejectedException(
                    "the header " + HEADER + " is no version; send one positive number without leading zeros");
        }
        int version = Integer.parseInt(value);
        ProfilesDecoder unused = ProfilesDecoder.forVersion(version);
        return version;
    }
}
