package io.stackhouse.agent.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import java.util.EnumSet;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RetryPolicyTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    @Test
    void triesAgainAfterExactlyTheCodesThatOtlpNames() {
        RetryPolicy policy = new RetryPolicy(SECOND, 30 * SECOND, () -> 0.5);
        EnumSet<Status.Code> retryable = EnumSet.noneOf(Status.Code.class);
        for (Status.Code code : Status.Code.values()) {
            if (!policy.judge(Status.fromCode(code), null, 1).isFinal()) {
                retryable.add(code);
            }
        }
        assertThat(retryable)
                .containsExactlyInAnyOrder(
                        Status.Code.CANCELLED,
                        Status.Code.DEADLINE_EXCEEDED,
                        Status.Code.ABORTED,
                        Status.Code.OUT_OF_RANGE,
                        Status.Code.UNAVAILABLE,
                        Status.Code.DATA_LOSS);
    }

    @Test
    void triesAgainWhenExhaustedOnlyIfTheServerSaysWhen() {
        RetryPolicy policy = new RetryPolicy(SECOND, 30 * SECOND, () -> 0);
        Status exhausted = Status.RESOURCE_EXHAUSTED;

        assertThat(policy.judge(exhausted, Rpc.trailers(new byte[] {1, 2, 3}), 1)
                        .isFinal())
                .isTrue();
        RetryPolicy.Verdict verdict =
                policy.judge(exhausted, Rpc.trailers(Rpc.statusWithRetryInfo(45, 500_000_000)), 1);
        assertThat(verdict.isFinal()).isFalse();
        assertThat(verdict.isServersWish()).isTrue();
        assertThat(verdict.delayNanos()).isEqualTo(45 * SECOND + SECOND / 2);
        RetryPolicy.Verdict atOnce = policy.judge(exhausted, Rpc.trailers(Rpc.statusWithRetryInfo(0, 0)), 1);
        assertThat(atOnce.isFinal()).isFalse();
        assertThat(atOnce.delayNanos()).as("still backs off").isBetween(SECOND / 2, SECOND);
    }

    @Test
    void waitsLongerEachTimeUpToTheLimitAndNeverJustAsLongAsOthers() {
        Random random = new Random(6);
        RetryPolicy policy = new RetryPolicy(SECOND, 30 * SECOND, random::nextDouble);
        for (int failures = 1; failures < 100; failures++) {
            double middle = Math.min(30.0, Math.pow(1.5, failures - 1));
            long wait = policy.judge(Status.UNAVAILABLE, null, failures).delayNanos();
            assertThat(wait / (double) SECOND).isBetween(0.8 * middle - 1e-6, 1.2 * middle + 1e-6);
        }
        assertThat(policy.judge(Status.UNAVAILABLE, null, 3).delayNanos())
                .isNotEqualTo(policy.judge(Status.UNAVAILABLE, null, 3).delayNanos());
    }

    @Test
    void takesNoHarmFromDamagedDetails() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        byte[] whole = Rpc.statusWithRetryInfo(5, 1);
        for (int i = 0; i < 20_000; i++) {
            byte[] damaged = java.util.Arrays.copyOf(whole, random.nextInt(whole.length + 1));
            for (int k = random.nextInt(4); k > 0 && damaged.length > 0; k--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            assertThat(RetryInfo.delayNanos(damaged))
                    .as("seed %d", seed)
                    .isBetween(-1L, TimeUnit.HOURS.toNanos(1) + SECOND);
            assertThat(PartialSuccess.parse(damaged).rejectedProfiles())
                    .as("seed %d", seed)
                    .isNotNegative();
        }
    }
}
