package io.stackhouse.processor.downsample;

import static org.assertj.core.api.Assertions.assertThat;

import io.stackhouse.pipeline.ComponentId;
import io.stackhouse.pipeline.Consumer;
import io.stackhouse.pipeline.Processor;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.testing.ManualClock;
import io.stackhouse.processor.downsample.DownsampleConfig.FirstSeenConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A budget, and the first sight of a stack, mean the same with several lanes as with one. */
class SharedBudgetTest {
    private static final int LANES = 4;
    private static final int WINDOWS = 9;
    private static final int BATCHES = 25;
    private static final int ROWS = 150;
    private static final double BUDGET = 100;

    private final ManualClock clock = new ManualClock();

    @Test
    void lanesKeepTogetherWhatOneWouldKeep() {
        long one = kept(1);
        long four = kept(LANES);

        // In a steady stream the budget is what is kept on average; the first window has nothing to go by.
        assertThat((double) one / (WINDOWS - 1)).isBetween(0.85 * BUDGET, 1.1 * BUDGET);
        assertThat((double) four / (WINDOWS - 1)).isBetween(0.85 * BUDGET, 1.1 * BUDGET);
    }

    @Test
    void aLaneThatGetsAllUsesTheWholeBudget() {
        long busy = keptOfOneBusyLane();

        assertThat((double) busy / (WINDOWS - 1)).isBetween(0.85 * BUDGET, 1.1 * BUDGET);
    }

    @Test
    void aStackIsSeenForTheFirstTimeInOneLaneAlone() {
        FirstSeen seen = new FirstSeen(100);
        seen.at(0);
        assertThat(seen.add(1, 2)).isTrue();
        assertThat(seen.add(1, 2)).isFalse();
        assertThat(seen.contains(1, 2)).isTrue();
    }

    private long keptOfOneBusyLane() {
        List<ProfileBatch> out = new ArrayList<>();
        List<Processor> lanes = lanes(LANES, out);
        return kept(List.of(lanes.get(2)), out);
    }

    /** Rows of values that differ, and so of other random numbers, from batch to batch. */
    private static ProfileBatch batch(int seed) {
        Random random = new Random(seed);
        long[] values = new long[ROWS];
        for (int i = 0; i < ROWS; i++) {
            values[i] = 1L + random.nextInt(1_000_000);
        }
        return ProfileRows.decode(ProfileRows.encode("cpu", "nanoseconds", values));
    }

    private long kept(int count) {
        List<ProfileBatch> out = new ArrayList<>();
        return kept(lanes(count, out), out);
    }

    private long kept(List<Processor> lanes, List<ProfileBatch> out) {
        long kept = 0;
        for (int window = 0; window < WINDOWS; window++) {
            for (int i = 0; i < BATCHES; i++) {
                lanes.get(i % lanes.size()).accept(batch(window * BATCHES + i));
            }
            if (window > 0) {
                kept += out.stream().mapToLong(ProfileBatch::rowCount).sum();
            }
            out.clear();
            clock.advance(Duration.ofSeconds(1).toNanos());
        }
        return kept;
    }

    private List<Processor> lanes(int count, List<ProfileBatch> out) {
        DownsampleFactory factory = new DownsampleFactory();
        DownsampleConfig defaults = factory.defaultConfig();
        DownsampleConfig config = new DownsampleConfig(
                0,
                Map.of(),
                BUDGET,
                defaults.per(),
                Duration.ofSeconds(1),
                0,
                new FirstSeenConfig(0, 1),
                defaults.traces());
        List<Consumer> nexts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            nexts.add(batch -> out.add((ProfileBatch) batch));
        }
        Telemetry none = Telemetry.none();
        return factory.createLanes(config, nexts, new Telemetry(ComponentId.parse("downsample"), none.meter(), clock));
    }
}
