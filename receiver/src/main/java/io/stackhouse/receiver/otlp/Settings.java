package io.stackhouse.receiver.otlp;

import io.stackhouse.pipeline.ByteSize;
import io.stackhouse.receiver.tls.TlsConfig;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Checks that several settings share; each throws IllegalArgumentException with what is allowed. Stateless; any thread. */
final class Settings {
    /** Largest request that can be set; bodies are one array. */
    static final long MAX_REQUEST_BYTES = 1 << 30;

    private Settings() {}

    static void requirePositive(String key, Duration duration) {
        if (duration.isZero() || duration.isNegative()) {
            throw new IllegalArgumentException(key + " must be more than 0; write 30s");
        }
    }

    static void requireNotNegative(String key, Duration duration) {
        if (duration.isNegative()) {
            throw new IllegalArgumentException(key + " must be 0s (off) or more; write 30s");
        }
    }

    static void requireAtLeastOne(String key, int number) {
        if (number < 1) {
            throw new IllegalArgumentException(key + " must be 1 or more, not " + number);
        }
    }

    static void requireFiles(@Nullable TlsConfig tls) {
        if (tls != null) {
            tls.requireFiles();
        }
    }

    static void requireRequestSize(String key, ByteSize size) {
        if (size.bytes() > MAX_REQUEST_BYTES) {
            throw new IllegalArgumentException(key + " must be 0B to 1GiB, not " + size);
        }
    }
}
