package io.stackhouse.pipeline.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RecentRequestsTest {
    private static final int MAX_COUNT = 1024;
    private static final long WINDOW = 5_000;

    @Test
    void knowsWhatAMapOfTheLastOnesKnows() throws Exception {
        long chosen = new Random().nextLong();
        for (long seed : new long[] {1, 2, 3, 4, 5, chosen}) {
            Random random = new Random(seed);
            // Few different hashes, so that they collide, and come again.
            int range = random.nextBoolean() ? 300 : 5_000;
            RecentRequests recent = new RecentRequests(WINDOW, MAX_COUNT);
            Map<Fingerprint, Long> model = new LinkedHashMap<>();
            long now = 0;
            for (int i = 0; i < 50_000; i++) {
                now += random.nextInt(10);
                Fingerprint fingerprint = new Fingerprint(random.nextInt(2), random.nextInt(range) * 256L);
                boolean isKnown = model.containsKey(fingerprint) && now - model.get(fingerprint) < WINDOW;
                assertThat(recent.contains(fingerprint, now))
                        .as("seed %d, step %d", seed, i)
                        .isEqualTo(isKnown);
                if (random.nextInt(3) > 0) {
                    recent.add(fingerprint, now);
                    model.remove(fingerprint);
                    model.put(fingerprint, now);
                    long nowNanos = now;
                    var oldest = model.values().iterator();
                    while (model.size() > MAX_COUNT
                            || nowNanos - model.values().iterator().next() >= WINDOW) {
                        oldest.next();
                        oldest.remove();
                        oldest = model.values().iterator();
                    }
                }
            }
            assertThat(entries(recent)).as("seed %d", seed).isEqualTo(model);
            RecentRequests loaded = new RecentRequests(WINDOW, MAX_COUNT);
            FaultyStorage storage = new FaultyStorage(random);
            SealedFile.save(storage, RecentRequests.FILE, recent.content());
            assertThat(loaded.load(storage)).isTrue();
            assertThat(entries(loaded)).isEqualTo(model);
        }
    }

    private static Map<Fingerprint, Long> entries(RecentRequests recent) {
        ByteBuffer in = recent.content();
        Map<Fingerprint, Long> entries = new LinkedHashMap<>();
        for (int at = 12; at < in.position(); at += 24) {
            entries.put(new Fingerprint(in.getLong(at), in.getLong(at + 8)), in.getLong(at + 16));
        }
        return entries;
    }
}
