package io.stackhouse.exporter.clickhouse;

import io.stackhouse.pipeline.Signal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One insert, fixed before its first attempt: every attempt sends these bytes under this token, so that ClickHouse takes them
 * once. Immutable; nobody changes the bytes.
 *
 * @param table the physical table, without its database
 * @param columns the names that the bytes hold, in order
 * @param token what ClickHouse recognizes the insert by
 * @param bytes in the Native format, compressed as told
 * @param compress how {@code bytes} are compressed
 * @param rawBytes how many bytes there are without compression
 * @param rows more than 0
 */
record Block(
        String table,
        List<String> columns,
        String token,
        byte[] bytes,
        ClickHouseConfig.Compress compress,
        int rawBytes,
        int rows) {
    private static final String PROFILES_PREFIX = "otel_profiles_";

    /** Whether later blocks refer to its rows, so that it goes before them. */
    boolean isReference() {
        return table.startsWith(PROFILES_PREFIX + "stacks_") || table.startsWith(PROFILES_PREFIX + "resources_");
    }

    /** Whose samples or spans its rows are; null when it only belongs to some. */
    @Nullable
    Signal signal() {
        if (table.equals(SampleTable.NAME)) {
            return Signal.PROFILES;
        }
        return table.startsWith(PROFILES_PREFIX) ? null : Signal.TRACES;
    }

    @Override
    public String toString() {
        return "block of " + rows + " rows (" + rawBytes + " bytes) for " + table + ", token " + token;
    }
}
