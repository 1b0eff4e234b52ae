package io.stackhouse.exporter.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
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
    void agreesWithASetBelowItsBound() {
        long seed = 42;
        Random random = new Random(seed);
        SentKeys keys = new SentKeys(20_000);
        Set<Long> model = new HashSet<>();
        for (int i = 0; i < 50_000; i++) {
            long key = random.nextInt(9_000) * 0x100000001L;
            assertThat(keys.isNew(key)).as("seed %d, step %d", seed, i).isEqualTo(model.add(key));
            if (i % 17 == 0) {
                keys.commit();
            }
        }
    }
}
