package io.stackhouse.pipeline.fuzz;

/** Any bytes as a profiles request. */
public final class ProfilesDecoderFuzz {
    private ProfilesDecoderFuzz() {}

    public static void fuzzerTestOneInput(byte[] body) {
        ProfilesRules.check(body);
    }
}
