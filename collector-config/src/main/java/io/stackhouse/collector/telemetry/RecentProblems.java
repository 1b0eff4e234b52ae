package io.stackhouse.collector.telemetry;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the last {@value #KEPT} warnings and errors of the log, without their stack traces, for a page. Any thread. */
public final class RecentProblems extends AppenderBase<ILoggingEvent> {
    static final int KEPT = 50;
    private static final int MAX_CHARS = 500;
    private static final String NAME = "recent-problems";

    private final ArrayDeque<String> kept = new ArrayDeque<>();

    RecentProblems() {
        setName(NAME);
    }

    @Override
    protected void append(ILoggingEvent event) {
        if (!event.getLevel().isGreaterOrEqual(Level.WARN)) {
            return;
        }
        String logger = event.getLoggerName();
        String line = event.getInstant() + " " + event.getLevel() + " " + logger.substring(logger.lastIndexOf('.') + 1)
                + " " + event.getFormattedMessage();
        synchronized (kept) {
            kept.addLast(line.length() > MAX_CHARS ? line.substring(0, MAX_CHARS) + "…" : line);
            if (kept.size() > KEPT) {
                kept.removeFirst();
            }
        }
    }

    private List<String> copy() {
        synchronized (kept) {
            return new ArrayList<>(kept);
        }
    }

    /** The oldest first; none where logs are not set up by {@link LogSetup}. */
    public static List<String> lines() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context
                && context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender(NAME) instanceof RecentProblems problems) {
            return problems.copy();
        }
        return List.of();
    }
}
