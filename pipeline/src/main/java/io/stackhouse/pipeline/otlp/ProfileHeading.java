package io.stackhouse.pipeline.otlp;

/**
 * What {@link ProfilesEncoder#beginProfile} says once per profile.
 *
 * @param sampleType what the values count, such as {@code cpu}, and {@code sampleUnit}, their UCUM unit
 * @param periodType what happens between two samples, and its unit; empty for none
 * @param period the distance between two samples in {@code periodType}'s unit
 * @param timeUnixNanos begin of the interval
 * @param durationNanos length of the interval
 * @param profileId 16 bytes, or none
 */
public record ProfileHeading(
        String sampleType,
        String sampleUnit,
        String periodType,
        String periodUnit,
        long period,
        long timeUnixNanos,
        long durationNanos,
        byte[] profileId) {}
