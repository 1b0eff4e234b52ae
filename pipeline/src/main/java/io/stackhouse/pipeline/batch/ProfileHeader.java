package io.stackhouse.pipeline.batch;

/**
 * What is said once per profile. Strings are empty and numbers 0 when absent.
 *
 * @param resource index into {@link ProfileBatch#resource}
 * @param scope its instrumentation scope
 * @param type of the values, and their unit, under the names that they are kept by
 * @param originalType the same as the producer sent it
 * @param periodType what happens between two samples, and its unit
 * @param period the distance between two samples in {@code periodType}'s unit
 * @param timeUnixNanos begin of the interval
 * @param durationNanos length of the interval
 * @param profileId 16 bytes, or none
 * @param droppedAttributesCount attributes that the producer left out
 * @param payload the original payload and its format
 * @param attributes indices into the dictionary's attribute table
 */
public record ProfileHeader(
        int resource,
        Scope scope,
        ValueType type,
        ValueType originalType,
        ValueType periodType,
        long period,
        long timeUnixNanos,
        long durationNanos,
        byte[] profileId,
        int droppedAttributesCount,
        OriginalPayload payload,
        int[] attributes) {

    /** The same with other attributes. */
    public ProfileHeader withAttributes(int[] others) {
        return with(timeUnixNanos, durationNanos, payload, others);
    }

    /** The same for another interval; the arrays are shared. */
    public ProfileHeader withInterval(long startUnixNanos, long lengthNanos) {
        return with(startUnixNanos, lengthNanos, payload, attributes);
    }

    /** The same without its original payload. */
    public ProfileHeader withoutPayload() {
        return with(timeUnixNanos, durationNanos, OriginalPayload.NONE, attributes);
    }

    private ProfileHeader with(
            long startUnixNanos, long lengthNanos, OriginalPayload otherPayload, int[] otherAttributes) {
        return new ProfileHeader(
                resource,
                scope,
                type,
                originalType,
                periodType,
                period,
                startUnixNanos,
                lengthNanos,
                profileId,
                droppedAttributesCount,
                otherPayload,
                otherAttributes);
    }

    /** A type and its UCUM unit, such as {@code cpu} and {@code nanoseconds}. */
    public record ValueType(String type, String unit) {
        public static final ValueType NONE = new ValueType("", "");
    }

    /** The profile as its producer had it, in a foreign format such as {@code jfr}; both empty when there is none. */
    public record OriginalPayload(String format, byte[] bytes) {
        public static final OriginalPayload NONE = new OriginalPayload("", new byte[0]);
    }
}
