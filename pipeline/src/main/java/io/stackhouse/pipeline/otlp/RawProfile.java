package io.stackhouse.pipeline.otlp;

/** A Profile without its samples, as it lies in the message: indices are not looked up, bytes are not copied. One thread. */
final class RawProfile {
    /** This, the ProfileHeader that becomes of it with all but its strings and arrays, and their places in lists. */
    static final int BYTES = 360;

    /** Shapes of samples, as bits of {@link #shapes}. */
    static final int VALUES = 1;

    static final int TIMESTAMPS = 2;
    static final int PAIRS = 4;

    /** Index of its ResourceProfiles among those that have profiles. */
    final int resource;

    final RawEnvelope scope;

    /** Counted from 0, empty envelopes included. */
    int resourcePlace;

    int scopePlace;
    int profilePlace;
    final int firstSample;
    int endSample;
    final int firstRow;
    int endRow;
    final int firstAttribute;
    int endAttribute;
    int typeName;
    int typeUnit;
    int periodTypeName;
    int periodTypeUnit;
    long period;
    long timeUnixNanos;
    long durationNanos;
    int idOffset;
    int idLength;
    int droppedAttributesCount;
    int formatOffset;
    int formatLength;
    int payloadOffset;
    int payloadLength;

    /** Of the first sample that has values and timestamps, but not as many; 0 when there is none. */
    int unpairedValues;

    int unpairedTimestamps;
    int shapes;

    /** Samples with several values and no timestamps. */
    int loneValueLists;

    boolean isRejected;

    RawProfile(int resource, RawEnvelope scope, int firstSample, int firstRow, int firstAttribute) {
        this.resource = resource;
        this.scope = scope;
        this.firstSample = firstSample;
        this.firstRow = firstRow;
        this.firstAttribute = firstAttribute;
    }

    boolean hasUnpairedSample() {
        return unpairedTimestamps > 0;
    }

    /** Where it stands in the message. */
    String place() {
        return "resource_profiles[" + resourcePlace + "].scope_profiles[" + scopePlace + "].profiles[" + profilePlace
                + "]";
    }
}
