package io.stackhouse.exporter.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;

import io.stackhouse.pipeline.testing.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SentKeysTest {
    @Test
    void saysOnceThatAKeyIsNew() {
        SentKeys keys = new SentKeys(100);
        assertThat(keys.isNew(7)).isTrue();
        assertThat(keys.isNew(7)).isFalse();
        keys.commit();
        assertThat(keys.isNew(7)).isFalse();
    }

    @Test
    void forgetsWhatWasNotStored() {
        SentKeys keys = new SentKeys(100);
        keys.isNew(7);
        keys.discard();
        assertThat(keys.isNew(7)).isTrue();
    }

    @Test
    void takesTheKeyZero() {
        SentKeys keys = new SentKeys(100);
        assertThat(keys.isNew(0)).isTrue();
        keys.commit();
        assertThat(keys.isNew(0)).isFalse();
    }

    @Test
    void remembersWhatIsSeenAgainAndForgetsTheRest() {
        SentKeys keys = new SentKeys(1000);
        keys.isNew(-1);
        keys.isNew(-2);
        keys.commit();
        for (int i = 1; i <= 2000; i++) {
            keys.isNew(i);
            keys.commit();
            assertThat(keys.isNew(-1))
                    .as("seen all the time, after %d others", i)
                    .isFalse();
        }
        assertThat(keys.isNew(-2)).isTrue();
    }

    @Test
    void neverTakesANewKeyForKnownAndHardlyEverAKnownOneForNew() {
        long seed = 42;
        Random random = new Random(seed);
        SentKeys keys = new SentKeys(20_000);
        Set<Long> model = new HashSet<>();
        int again = 0;
        for (int i = 0; i < 50_000; i++) {
            long key = random.nextInt(9_000) * 0x100000001L;
            boolean isNew = keys.isNew(key);
            boolean isReallyNew = model.add(key);
            assertThat(isNew || !isReallyNew).as("seed %d, step %d", seed, i).isTrue();
            again += isNew && !isReallyNew ? 1 : 0;
            if (i % 17 == 0) {
                keys.commit();
            }
        }
        assertThat(again).as("sent again before the bound").isLessThan(50);
    }

    @Test
    void sendsEveryKeyAgainWithinADayButNotAllAtOnce() {
        ManualClock clock = new ManualClock();
        SentKeys keys = new SentKeys(10_000, clock);
        for (int key = 1; key <= 1_000; key++) {
            keys.isNew(key);
        }
        keys.commit();
        List<Integer> resentPerHour = new ArrayList<>();
        for (int hour = 1; hour <= 24; hour++) {
            clock.advance(Duration.ofHours(1).toNanos());
            int resent = 0;
            for (int key = 1; key <= 1_000; key++) {
                resent += keys.isNew(key) ? 1 : 0;
            }
            keys.commit();
            resentPerHour.add(resent);
        }
        assertThat(resentPerHour.subList(0, 11)).containsOnly(0);
        assertThat(resentPerHour.subList(11, 24).stream()
                        .mapToInt(Integer::intValue)
                        .sum())
                .isBetween(1_000, 1_010);
        assertThat(resentPerHour).allMatch(resent -> resent < 200);
    }

    @Test
    void takesAtMostTwentyBytesForAKey() {
        SentKeys keys = new SentKeys(1_000_000);
        Random random = new Random(1);
        for (int i = 0; i < 3_000_000; i++) {
            keys.isNew(random.nextLong());
            if (i % 1_000 == 999) {
                keys.commit();
                assertThat((double) keys.byteCount() / keys.size())
                        .as("after %d keys", i)
                        .isLessThanOrEqualTo(20);
            }
        }
        assertThat(keys.size()).isBetween(950_000, 1_000_000);
    }
}
