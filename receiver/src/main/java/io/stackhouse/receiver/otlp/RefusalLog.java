package io.stackhouse.receiver.otlp;

import io.stackhouse.pipeline.Clock;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says who sent what and why it was refused: for each kind of failure one line in ten seconds at most, with the number of those
 * that were left out. Nothing of a body or of credentials gets here. Any thread.
 */
final class RefusalLog {
    private static final Logger LOG = LoggerFactory.getLogger(RefusalLog.class);
    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final int MAX_MESSAGE_CHARS = 300;

    private final Map<Failure.Kind, RateLimit> limits = new EnumMap<>(Failure.Kind.class);

    RefusalLog(Clock clock) {
        for (Failure.Kind kind : Failure.Kind.values()) {
            limits.put(kind, new RateLimit(clock, INTERVAL_NANOS));
        }
    }

    /**
     * Writes a line when it is time for one.
     *
     * @param bytes that came of the body
     * @param cause a fault of ours, else null
     */
    void refused(Sender sender, long bytes, Failure failure, @Nullable Throwable cause) {
        RateLimit limit = limits.get(failure.kind());
        if (limit == null || !limit.tryPass()) {
            return;
        }
        String message = Sender.printable(failure.message(), MAX_MESSAGE_CHARS);
        Object[] arguments = {
            failure.kind().label(),
            message,
            sender.transport().label(),
            sender.target(),
            sender.peer(),
            bytes,
            sender.encoding(),
            sender.userAgent(),
            limit.takeSuppressed(),
            cause
        };
        String text = "Refused a request ({}): {}; {} {} from {}, {} bytes, encoding {}, user agent {}; "
                + "{} more for this reason since the last line";
        if (cause != null) {
            LOG.error(text, arguments);
        } else {
            LOG.warn(text, arguments);
        }
    }
}
