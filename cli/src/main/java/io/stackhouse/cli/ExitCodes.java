package io.stackhouse.cli;

/** What the commands end with; a signal ends them with 128 + its number, as ever. */
public final class ExitCodes {

    public static final int OK = 0;

    /** Something failed after the start; the message says what. */
    public static final int FAILED = 1;

    /** The machine lacks something or a port is taken; the message says what to do. */
    public static final int CANNOT_START = 3;

    /** No ClickHouse answers where it was looked for. */
    public static final int NOTHING_RUNNING = 4;

    private ExitCodes() {}
}
