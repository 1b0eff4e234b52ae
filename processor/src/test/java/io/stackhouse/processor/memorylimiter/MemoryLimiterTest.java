package io.stackhouse.processor.memorylimiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.opentelemetry.api.metrics.MeterProvider;
import io.stackhouse.pipeline.ComponentId;
import io.stackhouse.pipeline.RefusedException;
import io.stackhouse.pipeline.Request;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.testing.ManualClock;
import io.stackhouse.processor.testing.Contract;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MemoryLimiterTest {
    private static final long MIB = 1 << 20;
    private static final MemoryLimiterConfig LIMIT_100 = config(100, 20, 0, 0);

    private final ManualClock clock = new ManualClock();
    private final FakeHeap heap = new FakeHeap();
    private final MemoryLimiter limiter = new MemoryLimiter(
            LIMIT_100,
            heap,
            unused -> {},
            new Telemetry(
                    ComponentId.parse("memory_limiter"), MeterProvider.noop().get("test"), clock));

    /** A heap whose size a test sets. */
    private static final class FakeHeap implements HeapUsage {
        long used;
        long usedAfterCollection = Long.MAX_VALUE;
        int collections;

        @Override
        public long usedBytes() {
            return used;
        }

        @Override
        public void collect() {
            collections++;
            used = Math.min(used, usedAfterCollection);
        }

        @Override
        public long maxBytes() {
            return 1000 * MIB;
        }
    }

    private static MemoryLimiterConfig config(long limit, long spike, int percentage, int spikePercentage) {
        return new MemoryLimiterConfig(
                Duration.ofSeconds(1),
                limit,
                spike,
                percentage,
                spikePercentage,
                Duration.ofSeconds(10),
                Duration.ZERO);
    }

    private static Request request() {
        return new Request(Signal.TRACES, 1, new byte[0], Contract.spans(), 0, "", 0);
    }

    private void checkAt(long mebibytes) {
        heap.used = mebibytes * MIB;
        limiter.check();
    }

    @Test
    void keepsTheContractOfProcessors() {
        Contract.check(new MemoryLimiterFactory(), config(Runtime.getRuntime().maxMemory() / MIB, 0, 0, 0));
    }

    @Test
    void refusesFromTheSoftLimitOnAndTellsWhenToComeBack() {
        checkAt(79);
        assertThat(limiter.refusal()).isNull();
        assertThat(limiter.admit(request())).isNull();
        checkAt(80);
        RefusedException refusal = limiter.refusal();
        assertThat(refusal).hasMessageContaining("80 MiB");
        assertThat(refusal.retryAfterNanos()).isEqualTo(TimeUnit.SECONDS.toNanos(1));
        assertThat(limiter.admit(request())).isNotNull();
        checkAt(79);
        assertThat(limiter.refusal()).isNull();
    }

    @Test
    void aCollectionThatHelpsKeepsTheDoorOpen() {
        heap.usedAfterCollection = 10 * MIB;
        checkAt(90);
        assertThat(heap.collections).isEqualTo(1);
        assertThat(limiter.refusal()).isNull();
    }

    @Test
    void aboveTheSoftLimitCollectionsAreRare() {
        checkAt(90);
        assertThat(heap.collections).isEqualTo(1);
        clock.advance(TimeUnit.SECONDS.toNanos(9));
        checkAt(90);
        assertThat(heap.collections).isEqualTo(1);
        clock.advance(TimeUnit.SECONDS.toNanos(1));
        checkAt(90);
        assertThat(heap.collections).isEqualTo(2);
    }

    @Test
    void aboveTheHardLimitCollectionsThatDoNotHelpGetRarer() {
        for (int second = 0; second < 300; second++) {
            checkAt(120);
            clock.advance(TimeUnit.SECONDS.toNanos(1));
        }
        // At 0, 2, 6, 14, 30 s, and each 30 s from then on.
        assertThat(heap.collections).isEqualTo(13);
        assertThat(limiter.refusal()).isNotNull();
    }

    @Test
    void limitsAreFixedOrAPartOfTheHeap() {
        assertThat(config(100, 0, 0, 0).softLimitBytes(1000 * MIB)).isEqualTo(80 * MIB);
        assertThat(config(0, 0, 80, 20).hardLimitBytes(1000 * MIB)).isEqualTo(800 * MIB);
        assertThat(config(0, 0, 80, 20).softLimitBytes(1000 * MIB)).isEqualTo(600 * MIB);
        assertThat(config(100, 0, 80, 20).hardLimitBytes(1000 * MIB)).isEqualTo(100 * MIB);
    }

    @Test
    void refusesSenselessSettings() {
        assertThatThrownBy(() -> config(100, 100, 0, 0)).hasMessageStartingWith("spike_limit_mib must be less");
        assertThatThrownBy(() -> config(0, 0, 101, 0)).hasMessageStartingWith("limit_percentage must be");
        assertThatThrownBy(() -> config(0, 0, 50, 60)).hasMessageStartingWith("spike_limit_percentage must be");
        MemoryLimiterFactory factory = new MemoryLimiterFactory();
        assertThatThrownBy(() -> factory.check(factory.defaultConfig())).hasMessageStartingWith("limit_mib or");
    }

    @Test
    void theOwnHeapTellsWhatIsHeld() {
        OwnHeap own = new OwnHeap();
        byte[][] held = new byte[32][];
        for (int i = 0; i < held.length; i++) {
            held[i] = new byte[(int) MIB];
        }
        own.collect();
        long with = own.usedBytes();
        assertThat(with).isBetween(32 * MIB, own.maxBytes());
        assertThat(held[31].length).isEqualTo((int) MIB);
        held = new byte[0][];
        own.collect();
        assertThat(own.usedBytes()).isLessThan(with - 24 * MIB);
        assertThat(held).isEmpty();
    }
}
