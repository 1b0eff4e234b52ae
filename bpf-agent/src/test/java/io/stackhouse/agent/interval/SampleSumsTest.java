package io.stackhouse.agent.interval;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SampleSumsTest {
    @Test
    void sumsByKeyInTheOrderOfFirstSight() {
        SplittableRandom random = new SplittableRandom(4);
        SampleSums sums = new SampleSums();
        for (int round = 0; round < 3; round++) {
            Map<Long, Long> model = new LinkedHashMap<>();
            sums.clear();
            for (int i = 0; i < 10_000; i++) {
                long key = 1 + random.nextLong(3000);
                long value = random.nextLong(100);
                model.merge(key, value, Long::sum);
                sums.add(key, value);
            }
            Map<Long, Long> actual = new LinkedHashMap<>();
            for (int i = 0; i < sums.size(); i++) {
                actual.put(sums.key(i), sums.sum(i));
            }
            assertThat(actual).containsExactlyEntriesOf(model);
        }
    }
}
