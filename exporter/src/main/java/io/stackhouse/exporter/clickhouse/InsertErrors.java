package io.stackhouse.exporter.clickhouse;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What is done about each of ClickHouse's errors; the README has the same table. An error that is not here puts its block aside. Immutable,
 * stateless.
 */
final class InsertErrors {
    /** What follows a failed insert. */
    enum Action {
        /** The same bytes are sent again under the same token. */
        RETRY,
        /** As {@link #RETRY}, slowly, and ERROR is logged: somebody has to mend something first. */
        STOP,
        /** Nothing was written: the block is sent in halves, down to the rows that are refused, which are put aside. */
        BISECT,
        /** The block is put aside whole, possibly partly written. */
        ASIDE
    }

    /** One of ClickHouse's errors. */
    record Known(String name, Action action) {}

    static final Map<Integer, Known> TABLE = table();

    private InsertErrors() {}

    static Action action(int code) {
        Known known = TABLE.get(code);
        return known == null ? Action.ASIDE : known.action();
    }

    private static Map<Integer, Known> table() {
        Map<Integer, Known> table = new LinkedHashMap<>();
        retried(table);
        stopping(table);
        bisected(table);
        return table;
    }

    private static void retried(Map<Integer, Known> table) {
        put(table, 3, "UNEXPECTED_END_OF_FILE", Action.RETRY);
        put(table, 23, "CANNOT_READ_FROM_ISTREAM", Action.RETRY);
        put(table, 24, "CANNOT_WRITE_TO_OSTREAM", Action.RETRY);
        put(table, 74, "CANNOT_READ_FROM_FILE_DESCRIPTOR", Action.RETRY);
        put(table, 75, "CANNOT_WRITE_TO_FILE_DESCRIPTOR", Action.RETRY);
        put(table, 76, "CANNOT_OPEN_FILE", Action.RETRY);
        put(table, 95, "CANNOT_READ_FROM_SOCKET", Action.RETRY);
        put(table, 96, "CANNOT_WRITE_TO_SOCKET", Action.RETRY);
        put(table, 159, "TIMEOUT_EXCEEDED", Action.RETRY);
        put(table, 160, "TOO_SLOW", Action.RETRY);
        put(table, 173, "CANNOT_ALLOCATE_MEMORY", Action.RETRY);
        put(table, 198, "DNS_ERROR", Action.RETRY);
        put(table, 201, "QUOTA_EXCEEDED", Action.RETRY);
        put(table, 202, "TOO_MANY_SIMULTANEOUS_QUERIES", Action.RETRY);
        put(table, 203, "NO_FREE_CONNECTION", Action.RETRY);
        put(table, 209, "SOCKET_TIMEOUT", Action.RETRY);
        put(table, 210, "NETWORK_ERROR", Action.RETRY);
        put(table, 225, "NO_ZOOKEEPER", Action.RETRY);
        put(table, 236, "ABORTED", Action.RETRY);
        put(table, 241, "MEMORY_LIMIT_EXCEEDED", Action.RETRY);
        put(table, 242, "TABLE_IS_READ_ONLY", Action.RETRY);
        put(table, 243, "NOT_ENOUGH_SPACE", Action.RETRY);
        put(table, 244, "UNEXPECTED_ZOOKEEPER_ERROR", Action.RETRY);
        put(table, 252, "TOO_MANY_PARTS", Action.RETRY);
        put(table, 285, "TOO_FEW_LIVE_REPLICAS", Action.RETRY);
        put(table, 286, "UNSATISFIED_QUORUM_FOR_PREVIOUS_WRITE", Action.RETRY);
        put(table, 319, "UNKNOWN_STATUS_OF_INSERT", Action.RETRY);
        put(table, 335, "BARRIER_TIMEOUT", Action.RETRY);
        put(table, 394, "QUERY_WAS_CANCELLED", Action.RETRY);
        put(table, 425, "SYSTEM_ERROR", Action.RETRY);
        put(table, 439, "CANNOT_SCHEDULE_TASK", Action.RETRY);
        put(table, 473, "DEADLOCK_AVOIDED", Action.RETRY);
        put(table, 499, "S3_ERROR", Action.RETRY);
        put(table, 574, "DISTRIBUTED_TOO_MANY_PENDING_BYTES", Action.RETRY);
        put(table, 692, "TOO_MANY_MUTATIONS", Action.RETRY);
        put(table, 999, "KEEPER_EXCEPTION", Action.RETRY);
    }

    private static void stopping(Map<Integer, Known> table) {
        put(table, 10, "NOT_FOUND_COLUMN_IN_BLOCK", Action.STOP);
        put(table, 16, "NO_SUCH_COLUMN_IN_TABLE", Action.STOP);
        put(table, 47, "UNKNOWN_IDENTIFIER", Action.STOP);
        put(table, 53, "TYPE_MISMATCH", Action.STOP);
        put(table, 60, "UNKNOWN_TABLE", Action.STOP);
        put(table, 81, "UNKNOWN_DATABASE", Action.STOP);
        put(table, 115, "UNKNOWN_SETTING", Action.STOP);
        put(table, 164, "READONLY", Action.STOP);
        put(table, 192, "UNKNOWN_USER", Action.STOP);
        put(table, 193, "WRONG_PASSWORD", Action.STOP);
        put(table, 194, "REQUIRED_PASSWORD", Action.STOP);
        put(table, 497, "ACCESS_DENIED", Action.STOP);
        put(table, 516, "AUTHENTICATION_FAILED", Action.STOP);
    }

    /** What ClickHouse finds while it reads a block, before it writes any of it. */
    private static void bisected(Map<Integer, Known> table) {
        put(table, 6, "CANNOT_PARSE_TEXT", Action.BISECT);
        put(table, 27, "CANNOT_PARSE_INPUT_ASSERTION_FAILED", Action.BISECT);
        put(table, 33, "CANNOT_READ_ALL_DATA", Action.BISECT);
        put(table, 70, "CANNOT_CONVERT_TYPE", Action.BISECT);
        put(table, 117, "INCORRECT_DATA", Action.BISECT);
        put(table, 128, "TOO_LARGE_ARRAY_SIZE", Action.BISECT);
        put(table, 131, "TOO_LARGE_STRING_SIZE", Action.BISECT);
        put(table, 349, "CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN", Action.BISECT);
    }

    private static void put(Map<Integer, Known> table, int code, String name, Action action) {
        table.put(code, new Known(name, action));
    }
}
