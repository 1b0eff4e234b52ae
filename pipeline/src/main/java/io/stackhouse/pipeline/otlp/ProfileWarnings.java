package io.stackhouse.pipeline.otlp;

import java.util.EnumMap;
import java.util.Map;

/**
 * What is odd in the profiles that were accepted all the same, counted by kind. One thread while a decoder fills it; never changed
 * after.
 */
public final class ProfileWarnings {
    /** What can be odd, and what is counted for it. */
    public enum Kind {
        /** Tables whose row 0 is not the zero value; it is read as it stands. */
        NON_ZERO_FIRST_ROW("non_zero_first_row"),
        /** Samples with neither values nor timestamps; they are left out. */
        EMPTY_SAMPLE("empty_sample"),
        /** Samples with several values and no timestamps; each value is a row. */
        SEVERAL_VALUES("several_values"),
        /** Profiles whose samples have not all the same shape. */
        MIXED_SHAPES("mixed_shapes"),
        /** Timestamps before or after their profile's interval; they are kept. */
        TIMESTAMP_OUTSIDE_INTERVAL("timestamp_outside_interval"),
        /** Profiles whose begin and duration add up to more than 64 bits hold. */
        INTERVAL_OVERFLOW("interval_overflow"),
        /** Profiles with samples but without a sample type. */
        MISSING_SAMPLE_TYPE("missing_sample_type"),
        /** Profiles with a period below 0. */
        NEGATIVE_PERIOD("negative_period"),
        /** Profiles whose id is all zero; they are taken as having none. */
        ZERO_PROFILE_ID("zero_profile_id"),
        /** Values that were cut to what 64 bits hold when they were multiplied by the period. */
        VALUE_OVERFLOW("value_overflow"),
        /** Samples, of the first of each profile, and profiles with two attributes of one key; the first stays. */
        REPEATED_ATTRIBUTE_KEY("repeated_attribute_key"),
        /** Attributes of resources, scopes and maps with a key as text and one by index; the text is taken. */
        KEY_GIVEN_TWICE("key_given_twice"),
        /** Mappings, but for row 0, without a build id. */
        MISSING_BUILD_ID("missing_build_id"),
        /** Functions, but for row 0, with neither name nor system name nor file. */
        NAMELESS_FUNCTION("nameless_function"),
        /** Lines, columns and start lines below 0. */
        NEGATIVE_LINE("negative_line"),
        /** Links, but for row 0, with a span id and no trace id, or the other way round. */
        INCOMPLETE_LINK("incomplete_link");

        private final String label;

        Kind(String label) {
            this.label = label;
        }

        /** As it stands in metrics. */
        public String label() {
            return label;
        }
    }

    /** Replaced when there is something to count, which is seldom. */
    private Map<Kind, Long> counts = Map.of();

    /** How many of the kind there were. */
    public long count(Kind kind) {
        return counts.getOrDefault(kind, 0L);
    }

    /** Whether there was nothing odd. */
    public boolean isEmpty() {
        return counts.isEmpty();
    }

    void add(Kind kind, long count) {
        if (count > 0) {
            counts = counts.isEmpty() ? new EnumMap<>(Kind.class) : counts;
            counts.merge(kind, count, Long::sum);
        }
    }

    /** The kinds that there were, with their counts, such as {@code {empty_sample=2}}. */
    @Override
    public String toString() {
        StringBuilder out = new StringBuilder("{");
        counts.forEach((kind, count) -> out.append(out.length() == 1 ? "" : ", ")
                .append(kind.label())
                .append('=')
                .append(count));
        return out.append('}').toString();
    }
}
