package io.stackhouse.collector.telemetry;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import io.stackhouse.collector.config.TelemetryConfig.LogLevel;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** Logs of a collector that runs: plain lines to standard error. For the main program alone. */
public final class LogSetup {
    private static final String PATTERN = "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %logger{0} %msg%n";
    private static final String[] TALKATIVE = {"io.grpc", "io.netty", "com.clickhouse"};

    /** They write a stack trace for each frame that a client gets wrong, as often as it likes; the receiver's own log is limited. */
    private static final String[] PROVOKED = {"io.grpc.netty", "io.netty.handler.codec.http2"};

    private LogSetup() {}

    /** Sets the level of our own logs; those of libraries are never below INFO, talkative ones never below WARN, provoked ones ERROR. */
    public static void apply(LogLevel wanted) {
        ILoggerFactory factory = LoggerFactory.getILoggerFactory();
        if (!(factory instanceof LoggerContext context)) {
            throw new IllegalStateException("logs need logback, found " + factory.getClass());
        }
        context.reset();
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern(PATTERN);
        encoder.start();
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setContext(context);
        appender.setTarget("System.err");
        appender.setEncoder(encoder);
        appender.start();
        Level level = Level.toLevel(wanted.name());
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(level.isGreaterOrEqual(Level.INFO) ? level : Level.INFO);
        root.addAppender(appender);
        RecentProblems problems = new RecentProblems();
        problems.setContext(context);
        problems.start();
        root.addAppender(problems);
        context.getLogger("io.stackhouse").setLevel(level);
        for (String name : TALKATIVE) {
            context.getLogger(name).setLevel(level.isGreaterOrEqual(Level.WARN) ? level : Level.WARN);
        }
        for (String name : PROVOKED) {
            context.getLogger(name).setLevel(Level.ERROR);
        }
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
    }
}
