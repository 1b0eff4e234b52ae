package io.stackhouse.exporter.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.rpc.BadRequest;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ServerWishTest {
    private static final long SECOND = 1_000_000_000L;

    static byte[] status(long seconds, int nanos) {
        return Status.newBuilder()
                .addDetails(Any.pack(BadRequest.getDefaultInstance()))
                .addDetails(Any.pack(RetryInfo.newBuilder()
                        .setRetryDelay(Duration.newBuilder().setSeconds(seconds).setNanos(nanos))
                        .build()))
                .build()
                .toByteArray();
    }

    @Test
    void readsRetryInfoAmongTheDetails() {
        assertThat(ServerWish.ofRetryInfo(status(3, 5))).isEqualTo(3 * SECOND + 5);
        assertThat(ServerWish.ofRetryInfo(status(0, 0))).isZero();
        assertThat(ServerWish.ofRetryInfo(status(Long.MAX_VALUE, 0))).isEqualTo(3600 * SECOND);
        assertThat(ServerWish.ofRetryInfo(status(-5, -5))).isZero();
    }

    @Test
    void findsNoneWhereThereIsNone() {
        assertThat(ServerWish.ofRetryInfo(null)).isEqualTo(-1);
        assertThat(ServerWish.ofRetryInfo(new byte[0])).isEqualTo(-1);
        assertThat(ServerWish.ofRetryInfo(new byte[] {(byte) 0xff, 1, 2})).isEqualTo(-1);
    }

    @Test
    void readsRetryAfterInSecondsAndAsADate() {
        long now = Instant.parse("2026-01-31T08:00:00Z").getEpochSecond() * SECOND;
        assertThat(ServerWish.ofRetryAfter("7", now)).isEqualTo(7 * SECOND);
        assertThat(ServerWish.ofRetryAfter(" 99999999999 ", now)).isEqualTo(3600 * SECOND);
        assertThat(ServerWish.ofRetryAfter("Sat, 31 Jan 2026 08:00:20 GMT", now))
                .isEqualTo(20 * SECOND);
        assertThat(ServerWish.ofRetryAfter("Sat, 31 Jan 2026 07:00:00 GMT", now))
                .isZero();
        assertThat(ServerWish.ofRetryAfter("", now)).isZero();
        assertThat(ServerWish.ofRetryAfter("soon", now)).isZero();
        assertThat(ServerWish.ofRetryAfter("-1", now)).isZero();
    }
}
