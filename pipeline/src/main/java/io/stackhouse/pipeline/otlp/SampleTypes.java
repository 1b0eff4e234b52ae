package io.stackhouse.pipeline.otlp;

import io.stackhouse.pipeline.batch.ProfileHeader;
import io.stackhouse.pipeline.batch.ProfileHeader.ValueType;
import java.util.Map;

/**
 * The one name under which each kind of profile is kept, whatever its producer calls it. Stateless; any thread.
 *
 * <p>A profile that counts events of a clock is time: its values are multiplied by the period, and its type becomes {@code cpu} or
 * {@code wall} in nanoseconds. That needs a unit {@code count}, a period above 0 in a unit of time, and a period type that is the
 * time's or the events' own name. Everything else only has its names spelled out. README.md has the same tables.
 */
final class SampleTypes {
    static final String NANOSECONDS = "nanoseconds";

    /** Names of counted events, and what time they are. */
    static final Map<String, String> COUNTED_TIME = Map.of(
            "cpu", "cpu",
            "sample", "cpu",
            "samples", "cpu",
            "event", "cpu",
            "events", "cpu",
            "perf_events", "cpu",
            "ctimer", "cpu",
            "itimer", "cpu",
            "wall", "wall");

    /** Other names of a type. */
    static final Map<String, String> TYPES = Map.of(
            "off-cpu", "off_cpu",
            "offcpu", "off_cpu",
            "wall-clock", "wall",
            "wall_clock", "wall",
            "alloc_objects", "allocated_objects",
            "alloc_space", "allocated_space");

    /** Other spellings of a unit. */
    static final Map<String, String> UNITS = Map.of(
            "ns", NANOSECONDS,
            "nanosecond", NANOSECONDS,
            "us", "microseconds",
            "µs", "microseconds",
            "ms", "milliseconds",
            "s", "seconds",
            "By", "bytes",
            "byte", "bytes");

    /** How many nanoseconds a unit of time has. */
    private static final Map<String, Long> NANOSECONDS_PER_UNIT =
            Map.of(NANOSECONDS, 1L, "microseconds", 1_000L, "milliseconds", 1_000_000L, "seconds", 1_000_000_000L);

    private SampleTypes() {}

    /**
     * What a profile counts and how.
     *
     * @param type the kept type
     * @param periodType the kept period type
     * @param period in its unit
     * @param factor by which values are to be multiplied; more than 1 for counted time only
     */
    record Normalized(ValueType type, ValueType periodType, long period, long factor) {}

    /** The type with its names spelled out. */
    static ValueType spelledOut(ValueType type) {
        String name = TYPES.getOrDefault(type.type(), type.type());
        String unit = UNITS.getOrDefault(type.unit(), type.unit());
        boolean isSame = name.equals(type.type()) && unit.equals(type.unit());
        return isSame ? type : new ValueType(name, unit);
    }

    /** Whether the type is CPU time or wall time itself, no count of events. */
    static boolean isTime(ValueType spelledOut) {
        return COUNTED_TIME.containsValue(spelledOut.type()) && NANOSECONDS_PER_UNIT.containsKey(spelledOut.unit());
    }

    /**
     * Normalizes what a profile says of itself.
     *
     * @param isCountOnly whether the same scope has a profile of time, so that a count beside it must stay a count
     */
    static Normalized normalized(ValueType sent, ValueType sentPeriodType, long period, boolean isCountOnly) {
        ValueType type = spelledOut(sent);
        ValueType periodType = spelledOut(sentPeriodType);
        String time = COUNTED_TIME.get(type.type());
        Long nanoseconds = NANOSECONDS_PER_UNIT.get(periodType.unit());
        if (isCountOnly
                || time == null
                || nanoseconds == null
                || period <= 0
                || !type.unit().equals("count")
                || !(periodType.type().equals(time) || periodType.type().equals(type.type()))) {
            return new Normalized(type, periodType, period, 1);
        }
        long periodNanoseconds = saturatedProduct(period, nanoseconds);
        ValueType stored = new ValueType(time, NANOSECONDS);
        return new Normalized(stored, stored, periodNanoseconds, periodNanoseconds);
    }

    /** Whether {@link #normalized} made time of the profile's counts: its values are {@code period} times what was sent. */
    static boolean isCountedTime(ProfileHeader header) {
        return header.period() > 0
                && header.type().unit().equals(NANOSECONDS)
                && spelledOut(header.originalType()).unit().equals("count");
    }

    /** The product, or the nearest number that 64 bits hold. */
    static long saturatedProduct(long a, long b) {
        long low = a * b;
        long high = Math.multiplyHigh(a, b);
        if (high == low >> 63) {
            return low;
        }
        return high < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
}
