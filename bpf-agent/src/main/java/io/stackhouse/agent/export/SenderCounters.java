package io.stackhouse.agent.export;

/**
 * What a sender did since its start, at one moment. Everything submitted is in exactly one of sent, rejected, dropped and buffered.
 *
 * @param submittedIntervals intervals that were handed over
 * @param sentIntervals intervals that the server took, in part at least
 * @param sentBytes their bytes before compression
 * @param sentProfiles profiles in them, without those that the server rejected
 * @param sentSamples samples in them, those of rejected profiles included, since the server does not say how many they had
 * @param partlyRejectedProfiles profiles that the server rejected although it took their interval
 * @param rejectedIntervals intervals that the server refused in a way that forbids another try
 * @param rejectedSamples samples in them
 * @param droppedIntervals intervals given up because the buffer was full, or because the agent ended
 * @param droppedSamples samples in them
 * @param retries calls that failed and are tried again
 * @param bufferedIntervals intervals that wait or are being sent
 * @param bufferedBytes their bytes
 */
public record SenderCounters(
        long submittedIntervals,
        long sentIntervals,
        long sentBytes,
        long sentProfiles,
        long sentSamples,
        long partlyRejectedProfiles,
        long rejectedIntervals,
        long rejectedSamples,
        long droppedIntervals,
        long droppedSamples,
        long retries,
        long bufferedIntervals,
        long bufferedBytes) {}
