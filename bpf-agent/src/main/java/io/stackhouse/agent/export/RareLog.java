package io.stackhouse.agent.export;

import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;

/** A warning that comes again and again, logged once a minute with the number of times it was left out. Threads: one. */
final class RareLog {
    private static final long INTERVAL_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final int MAX_TEXT = 300;

    private final Logger log;
    private final Pause pause;
    private boolean wasLogged;
    private long loggedAtNanos;
    private long leftOut;

    RareLog(Logger log, Pause pause) {
        this.log = log;
        this.pause = pause;
    }

    /** The format has one place for each of the two arguments. */
    void warn(String format, Object what, String said) {
        long now = pause.nanoTime();
        if (wasLogged && now - loggedAtNanos < INTERVAL_NANOS) {
            leftOut++;
            return;
        }
        String text = said.length() > MAX_TEXT ? said.substring(0, MAX_TEXT) + "..." : said;
        log.warn(format + " ({} more such since the last time)", what, text, leftOut);
        wasLogged = true;
        loggedAtNanos = now;
        leftOut = 0;
    }
}
