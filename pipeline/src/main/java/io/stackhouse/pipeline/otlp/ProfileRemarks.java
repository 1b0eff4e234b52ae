package io.stackhouse.pipeline.otlp;

import io.stackhouse.pipeline.batch.Columns.Ints;
import io.stackhouse.pipeline.batch.Columns.Longs;
import io.stackhouse.pipeline.batch.Dictionary;
import io.stackhouse.pipeline.batch.ProfileBatch.SampleColumns;
import io.stackhouse.pipeline.otlp.ProfileWarnings.Kind;

/** Counts what is odd in a profile that is accepted. One per message, one thread. */
final class ProfileRemarks {
    /** Producers that repeat a key do so in each sample; looking at all would slow the decoder down. */
    private static final int CHECKED_SAMPLES = 16;

    private static final int CHECKED_ATTRIBUTES = 64;

    private final ResourceProfilesDecoder raw;
    private final Dictionary dictionary;
    private final ProfileWarnings warnings;

    ProfileRemarks(ResourceProfilesDecoder raw, Dictionary dictionary, ProfileWarnings warnings) {
        this.raw = raw;
        this.dictionary = dictionary;
        this.warnings = warnings;
    }

    void add(RawProfile profile) {
        boolean hasRows = profile.endRow > profile.firstRow;
        if (hasRows && profile.typeName == 0) {
            warnings.add(Kind.MISSING_SAMPLE_TYPE, 1);
        }
        if (profile.period < 0) {
            warnings.add(Kind.NEGATIVE_PERIOD, 1);
        }
        if (Integer.bitCount(profile.shapes) > 1) {
            warnings.add(Kind.MIXED_SHAPES, 1);
        }
        warnings.add(Kind.SEVERAL_VALUES, profile.loneValueLists);
        if ((profile.shapes & (RawProfile.TIMESTAMPS | RawProfile.PAIRS)) != 0) {
            addInterval(profile);
        }
        addRepeatedKeys(profile);
    }

    /** Begin and duration are unsigned; an interval that passes the largest time ends there. */
    private void addInterval(RawProfile profile) {
        long begin = profile.timeUnixNanos;
        long duration = profile.durationNanos;
        boolean isOverflow = Long.compareUnsigned(begin + duration, begin) < 0;
        Longs timestamps = raw.columns.rowTimestamp;
        long outside = 0;
        for (int row = profile.firstRow; row < profile.endRow; row++) {
            long timestamp = timestamps.get(row);
            boolean isInside = isOverflow
                    ? Long.compareUnsigned(timestamp, begin) >= 0
                    : Long.compareUnsigned(timestamp - begin, duration) < 0;
            outside += isInside || timestamp == 0 ? 0 : 1;
        }
        warnings.add(Kind.TIMESTAMP_OUTSIDE_INTERVAL, outside);
        warnings.add(Kind.INTERVAL_OVERFLOW, isOverflow ? 1 : 0);
    }

    private void addRepeatedKeys(RawProfile profile) {
        SampleColumns columns = raw.columns;
        int repeated = hasRepeatedKey(raw.profileAttributes, profile.firstAttribute, profile.endAttribute) ? 1 : 0;
        int end = Math.min(profile.endSample, profile.firstSample + CHECKED_SAMPLES);
        for (int sample = profile.firstSample; sample < end; sample++) {
            int start = columns.attributeStart.get(sample);
            repeated += hasRepeatedKey(columns.attribute, start, raw.attributeEnd(sample)) ? 1 : 0;
        }
        warnings.add(Kind.REPEATED_ATTRIBUTE_KEY, repeated);
    }

    private boolean hasRepeatedKey(Ints attributes, int start, int end) {
        int checkedEnd = Math.min(end, start + CHECKED_ATTRIBUTES);
        for (int i = start + 1; i < checkedEnd; i++) {
            String key = dictionary.attributeKey(attributes.get(i));
            for (int k = start; k < i; k++) {
                if (dictionary.attributeKey(attributes.get(k)).equals(key)) {
                    return true;
                }
            }
        }
        return false;
    }
}
