package io.stackhouse.exporter.otlp;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** How long a server wants its clients to wait: RetryInfo and Retry-After. Stateless. */
final class ServerWish {
    private static final long MAX_SECONDS = TimeUnit.HOURS.toSeconds(1);
    private static final long NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    private ServerWish() {}

    /** The delay of the status's RetryInfo, an hour at most; -1 when there is none. */
    static long ofRetryInfo(byte @Nullable [] status) {
        if (status == null) {
            return -1;
        }
        try {
            for (Any detail : Status.parseFrom(status).getDetailsList()) {
                if (detail.is(RetryInfo.class)) {
                    var delay = detail.unpack(RetryInfo.class).getRetryDelay();
                    long seconds = Math.max(0, Math.min(delay.getSeconds(), MAX_SECONDS));
                    return seconds * NANOS_PER_SECOND + Math.max(0, Math.min(delay.getNanos(), NANOS_PER_SECOND - 1));
                }
            }
        } catch (InvalidProtocolBufferException e) {
            // Details that can't be read ask for nothing.
        }
        return -1;
    }

    /** The delay of a Retry-After header, in seconds or as a date, an hour at most; 0 when it says nothing. */
    static long ofRetryAfter(String header, long nowUnixNanos) {
        String text = header.strip();
        if (!text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            long seconds = text.length() > 9 ? MAX_SECONDS : Long.parseLong(text);
            return Math.min(seconds, MAX_SECONDS) * NANOS_PER_SECOND;
        }
        try {
            Instant at = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            long seconds = at.getEpochSecond() - Math.floorDiv(nowUnixNanos, NANOS_PER_SECOND);
            return Math.max(0, Math.min(seconds, MAX_SECONDS)) * NANOS_PER_SECOND;
        } catch (DateTimeException e) {
            return 0;
        }
    }
}
