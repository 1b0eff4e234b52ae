package io.stackhouse.pipeline.otlp;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceRequest;

/**
 * Reads a profiles request as protobuf-java does by itself, without the checks of {@link ProfilesDecoder}: a yardstick for measurements. Stateless; any thread.
 */
public final class GeneratedReading {
    private GeneratedReading() {}

    /**
     * Reads all of it into messages and lets them go.
     *
     * @return how many resources it has
     * @throws IllegalArgumentException when protobuf-java can't read it
     */
    public static int resources(byte[] request) {
        try {
            return ExportProfilesServiceRequest.parseFrom(request).getResourceProfilesCount();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("this is no profiles request", e);
        }
    }
}
