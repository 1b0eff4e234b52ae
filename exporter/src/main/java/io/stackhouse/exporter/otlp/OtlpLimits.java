package io.stackhouse.exporter.otlp;

import io.stackhouse.pipeline.ByteSize;
import java.time.Duration;

/** Bounds of requests and answers, as OTLP's specification has them. */
final class OtlpLimits {
    static final ByteSize MAX_REQUEST = ByteSize.ofMebibytes(64);

    /** An answer that is longer is not read, and its request not sent again. */
    static final int MAX_ANSWER_BYTES = 4 << 20;

    private OtlpLimits() {}

    static void check(Duration timeout, ByteSize maxRequestSize) {
        if (timeout.isZero() || timeout.isNegative()) {
            throw new IllegalArgumentException("timeout must be more than 0, such as 5s");
        }
        if (maxRequestSize.bytes() < 1024 || maxRequestSize.bytes() > 1 << 30) {
            throw new IllegalArgumentException("max_request_size must be 1KiB to 1GiB, not " + maxRequestSize);
        }
    }
}
