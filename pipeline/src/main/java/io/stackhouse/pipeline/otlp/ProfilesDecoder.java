package io.stackhouse.pipeline.otlp;

import io.stackhouse.pipeline.RejectedException;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.memory.MemoryLease;

/**
 * Decodes one development version of an OTLP profiles request. Stateless; any thread.
 */
public interface ProfilesDecoder {
    /** The version that is spoken when a request names none. */
    int DEFAULT_VERSION = 1;

    /**
     * Decodes and validates.
     *
     * @param body the uncompressed ExportProfilesServiceRequest; the batch keeps it and reads strings out of it later
     * @param memory charged with what the batch takes beside {@code body}, while it grows
     * @throws RejectedException when the request as a whole can't be read; single bad profiles are left out and counted instead
     */
    Decoded decode(byte[] body, long receivedUnixNanos, MemoryLease memory);

    /**
     * The decoder for a wire version.
     *
     * @throws RejectedException when this version is not spoken here
     */
    static ProfilesDecoder forVersion(int version) {
        if (version != DEFAULT_VERSION) {
            throw new RejectedException("version " + version
                    + " of the profiles protocol is not supported; supported is " + DEFAULT_VERSION);
        }
        return new ProfilesDecoderV1();
    }

    /**
     * What came of a request.
     *
     * @param batch the accepted profiles
     * @param rejectedProfiles how many profiles were left out
     * @param message for the client: why profiles were left out, and what to mend; also that samples were left out, since they are
     *     lost; empty when nothing was, whatever the warnings say
     * @param warnings what is odd in what was accepted; for metrics, not for the client, who would log it for each request
     */
    record Decoded(ProfileBatch batch, int rejectedProfiles, String message, ProfileWarnings warnings) {}
}
