package io.stackhouse.receiver.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.stackhouse.pipeline.testing.ManualClock;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class RefusalLogTest {
    private static final Failure BAD = new Failure(Failure.Kind.BAD_REQUEST, "field 7 is missing");

    private final Logger logger = (Logger) LoggerFactory.getLogger(RefusalLog.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final ManualClock clock = new ManualClock();
    private final RefusalLog log = new RefusalLog(clock);
    private final Sender sender =
            new Sender(Transport.HTTP, "/10.0.0.7:4711", "POST /v1/traces", "gzip", "OTel SDK/1.2");

    @BeforeEach
    void listen() {
        lines.start();
        logger.addAppender(lines);
        logger.setAdditive(false);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(lines);
        logger.setAdditive(true);
    }

    @Test
    void saysWhoSentWhatAndWhyItWasRefused() {
        log.refused(sender, 1_234, BAD, null);
        assertThat(lines.list.get(0).getLevel()).isEqualTo(Level.WARN);
        assertThat(lines.list.get(0).getFormattedMessage())
                .isEqualTo("Refused a request (bad_request): field 7 is missing; http POST /v1/traces from"
                        + " /10.0.0.7:4711, 1234 bytes, encoding gzip, user agent OTel SDK/1.2; 0 more for this reason"
                        + " since the last line");
    }

    @Test
    void writesOneLineForEachReasonInAWhileAndCountsTheOthers() {
        for (int i = 0; i < 1_000; i++) {
            log.refused(sender, 1, BAD, null);
        }
        log.refused(sender, 1, new Failure(Failure.Kind.TOO_LARGE, "too large"), null);
        assertThat(lines.list).hasSize(2);
        clock.advance(TimeUnit.SECONDS.toNanos(10));
        log.refused(sender, 1, BAD, null);
        assertThat(lines.list).hasSize(3);
        assertThat(lines.list.get(2).getFormattedMessage()).contains("999 more for this reason");
    }

    @Test
    void nothingThatAClientWritesStartsALineOrMovesATerminal() {
        String evil = "x\r\n12:00:00 ERROR Main all is lost\u001b[2J\u2028\u0085\u202e\t\0";
        Sender liar = new Sender(Transport.GRPC, evil, evil, evil, evil.repeat(50));
        log.refused(liar, 1, new Failure(Failure.Kind.BAD_REQUEST, evil), null);
        String line = lines.list.get(0).getFormattedMessage();
        assertThat(line.chars()).allMatch(c -> c >= ' ' && c <= '~');
        assertThat(line.length()).isLessThan(800);
    }

    @Test
    void aFaultOfOursIsAnErrorWithItsTrace() {
        log.refused(sender, 1, Failure.of(new IllegalStateException("x")), new IllegalStateException("x"));
        assertThat(lines.list.get(0).getLevel()).isEqualTo(Level.ERROR);
        assertThat(lines.list.get(0).getThrowableProxy().getMessage()).isEqualTo("x");
    }
}
