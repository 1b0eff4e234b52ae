package io.stackhouse.exporter.clickhouse;

import java.util.List;

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
    @Override
    public String toString() {
        return "block of " + rows + " rows (" + rawBytes + " bytes) for " + table + ", token " + token;
    }
}
