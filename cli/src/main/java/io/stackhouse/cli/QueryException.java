package io.stackhouse.cli;

import java.io.IOException;

/** ClickHouse's own message about a query, and its error code, empty where it gave none. */
public final class QueryException extends IOException {

    /** UNKNOWN_TABLE and UNKNOWN_DATABASE: nothing was stored yet. */
    private static final String UNKNOWN_TABLE = "60";

    private static final String UNKNOWN_DATABASE = "81";

    private static final long serialVersionUID = 1L;

    private final String code;

    QueryException(String code, String message) {
        super(message);
        this.code = code;
    }

    boolean saysThatNothingIsStoredYet() {
        return code.equals(UNKNOWN_TABLE) || code.equals(UNKNOWN_DATABASE);
    }
}
