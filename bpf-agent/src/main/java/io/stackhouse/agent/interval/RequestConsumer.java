package io.stackhouse.agent.interval;

/** Takes an encoded ExportProfilesServiceRequest. */
@FunctionalInterface
public interface RequestConsumer {
    /**
     * Takes ownership of the bytes.
     *
     * @param profiles how many profiles are in it
     * @param samples how many samples of the kernel they stand for
     */
    void accept(byte[] request, int profiles, long samples);
}
