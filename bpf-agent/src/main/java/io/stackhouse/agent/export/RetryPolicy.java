package io.stackhouse.agent.export;

import io.grpc.Metadata;
import io.grpc.Status;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Which failures OTLP lets us try again, and when: waits grow by half each time up to a limit, each one off by up to a fifth so that a fleet does not come back at
 * once. A wait that the server asks for (RetryInfo) is kept at least, plus up to a fifth.
 */
final class RetryPolicy {
    private static final double GROWTH = 1.5;
    private static final double JITTER = 0.2;
    private static final Metadata.Key<byte[]> DETAILS =
            Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);

    private final long initialNanos;
    private final long maxNanos;
    private final DoubleSupplier random;

    /** The random numbers are from 0 to below 1. */
    RetryPolicy(long initialNanos, long maxNanos, DoubleSupplier random) {
        this.initialNanos = initialNanos;
        this.maxNanos = maxNanos;
        this.random = random;
    }

    /**
     * What to do after a failure.
     *
     * @param isFinal whether OTLP forbids another try
     * @param delayNanos until the next try
     * @param isServersWish whether the server named the delay
     */
    record Verdict(boolean isFinal, long delayNanos, boolean isServersWish) {
        static final Verdict FINAL = new Verdict(true, 0, false);
    }

    /** After that many failures in a row, this one included. */
    Verdict judge(Status status, @Nullable Metadata trailers, int failures) {
        byte[] details = trailers == null ? null : trailers.get(DETAILS);
        long wished = details == null ? -1 : RetryInfo.delayNanos(details);
        boolean isRetryable = switch (status.getCode()) {
            case CANCELLED, DEADLINE_EXCEEDED, ABORTED, OUT_OF_RANGE, UNAVAILABLE, DATA_LOSS -> true;
            case RESOURCE_EXHAUSTED -> wished >= 0;
            default -> false;
        };
        if (!isRetryable) {
            return Verdict.FINAL;
        }
        if (wished > 0) {
            return new Verdict(false, (long) (wished * (1 + JITTER * random.getAsDouble())), true);
        }
        double wait = Math.min((double) maxNanos, initialNanos * Math.pow(GROWTH, Math.min(failures - 1, 64)));
        return new Verdict(false, (long) (wait * (1 - JITTER + 2 * JITTER * random.getAsDouble())), false);
    }
}
