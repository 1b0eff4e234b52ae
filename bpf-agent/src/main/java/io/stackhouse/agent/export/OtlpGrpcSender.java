package io.stackhouse.agent.export;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends intervals by OTLP/gRPC, gzip-compressed, one call at a time on one thread of its own.
 *
 * <p>A failed call keeps its interval and is made again after a wait, for as long as the buffer has room: while the server is away intervals pile up, and when the
 * buffer is full the oldest is given up and counted, so that what arrives in the end is the latest stretch without a gap. Failures that OTLP calls final
 * drop the interval; so does nothing else. What the server rejects of an interval that it took is counted and never sent again.
 *
 * <p>Threads: any. Closing ends the thread, the connection and whatever wait is going on at once.
 */
public final class OtlpGrpcSender implements IntervalSender {
    private static final Logger log = LoggerFactory.getLogger(OtlpGrpcSender.class);
    private static final long JOIN_MILLIS = 3000;
    private static final Metadata.Key<String> VERSION =
            Metadata.Key.of("otlp-profiles-development-version", Metadata.ASCII_STRING_MARSHALLER);

    private final OtlpSenderConfig config;
    private final Pause pause;
    private final IntervalBuffer buffer;
    private final RetryPolicy retry;
    private final RareLog failures;
    private final RareLog rejections;
    private final RareLog overflows;
    private final OtlpChannel connection;
    private final Channel channel;
    private final Thread thread;
    private int failuresInARow;

    public OtlpGrpcSender(OtlpSenderConfig config) {
        this(config, Pause.REAL);
    }

    OtlpGrpcSender(OtlpSenderConfig config, Pause pause) {
        this.config = config;
        this.pause = pause;
        buffer = new IntervalBuffer(config.bufferBytes());
        retry = new RetryPolicy(
                config.initialBackOffNanos(),
                config.maxBackOffNanos(),
                () -> ThreadLocalRandom.current().nextDouble());
        failures = new RareLog(log, pause);
        rejections = new RareLog(log, pause);
        overflows = new RareLog(log, pause);
        connection = new OtlpChannel(config);
        channel = ClientInterceptors.intercept(
                connection.channel(), MetadataUtils.newAttachHeadersInterceptor(headers(config)));
        thread = new Thread(this::run, "otlp-sender");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void submit(byte[] exportRequest, int profileCount, long sampleCount) {
        int given = buffer.add(new Interval(exportRequest, profileCount, sampleCount));
        if (given > 0) {
            warnOfOverflow(given);
        }
    }

    @Override
    public boolean flush(long timeoutNanos) {
        try {
            return buffer.awaitEmpty(timeoutNanos);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    public SenderCounters counters() {
        return buffer.counters();
    }

    @Override
    public void close() {
        int given = buffer.close();
        thread.interrupt();
        connection.close();
        try {
            thread.join(JOIN_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (given > 0) {
            log.warn("{} intervals were not sent to {} before the end and are lost", given, config.endpoint());
        }
    }

    private void run() {
        try {
            while (true) {
                Interval interval = buffer.take();
                if (interval == null) {
                    return;
                }
                send(interval);
            }
        } catch (InterruptedException e) {
            // Only close() interrupts.
            Thread.currentThread().interrupt();
        }
    }

    private void send(Interval interval) throws InterruptedException {
        CallOptions options = CallOptions.DEFAULT
                .withDeadlineAfter(config.deadlineNanos(), TimeUnit.NANOSECONDS)
                .withCompression("gzip");
        try {
            taken(interval, ClientCalls.blockingUnaryCall(channel, RawBytes.EXPORT, options, interval.request));
        } catch (StatusRuntimeException e) {
            failed(interval, e);
        } catch (RuntimeException | Error e) {
            // Not of the server's making, and trying the same again would not mend it.
            buffer.rejected(interval);
            rejections.warn("An interval could not be sent to {} and is dropped: {}", config.endpoint(), e.toString());
            if (e instanceof Error error) {
                throw error;
            }
        }
    }

    private void taken(Interval interval, byte[] response) {
        PartialSuccess partial = PartialSuccess.parse(response);
        buffer.sent(interval, partial.rejectedProfiles());
        if (failuresInARow > 0) {
            log.info("{} takes profiles again after {} failed calls", config.endpoint(), failuresInARow);
        }
        failuresInARow = 0;
        if (partial.rejectedProfiles() > 0 || !partial.message().isEmpty()) {
            rejections.warn(
                    "The server rejected {} profiles of an interval: {}",
                    partial.rejectedProfiles(),
                    partial.message());
        }
    }

    private void failed(Interval interval, StatusRuntimeException failure) throws InterruptedException {
        failuresInARow++;
        Status status = failure.getStatus();
        RetryPolicy.Verdict verdict = retry.judge(status, failure.getTrailers(), failuresInARow);
        if (verdict.isFinal()) {
            buffer.rejected(interval);
            rejections.warn("{} refused an interval for good, it is dropped: {}", config.endpoint(), describe(status));
            return;
        }
        buffer.keep(interval);
        if (!buffer.isClosed()) {
            failures.warn(
                    "Profiles cannot be sent to {} and are kept for another try: {}",
                    config.endpoint(),
                    describe(status));
            buffer.pause(pause, verdict.delayNanos(), !verdict.isServersWish());
        }
    }

    private synchronized void warnOfOverflow(int given) {
        overflows.warn(
                "The buffer for intervals that cannot be sent is full: {} of the oldest were given up; {}",
                given,
                "make the buffer larger or see why the server does not take them");
    }

    private static String describe(Status status) {
        String said = status.getDescription();
        Throwable cause = status.getCause();
        return status.getCode()
                + (said == null ? "" : ": " + said)
                + (cause == null ? "" : " (" + cause.getMessage() + ")");
    }

    private static Metadata headers(OtlpSenderConfig config) {
        Metadata headers = new Metadata();
        headers.put(VERSION, "1");
        for (Map.Entry<String, String> header : config.headers().entrySet()) {
            headers.put(Metadata.Key.of(header.getKey(), Metadata.ASCII_STRING_MARSHALLER), header.getValue());
        }
        return headers;
    }
}
