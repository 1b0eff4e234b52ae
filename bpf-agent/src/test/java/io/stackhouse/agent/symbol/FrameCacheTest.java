package io.stackhouse.agent.symbol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FrameCacheTest {
    private static final int BYTES_PER_FRAME = 76;

    private final Module one = new Module("/one", 0, 1 << 20, 0, null, null);
    private final Module two = new Module("/two", 0, 1 << 20, 0, null, null);

    @Test
    void behavesAsAMapThatForgetsTheLeastRecentlyUsed() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        int capacity = 3000;
        FrameCache cache = new FrameCache((long) capacity * BYTES_PER_FRAME);
        Map<String, Frame> model = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Frame> eldest) {
                return size() > capacity;
            }
        };
        for (int i = 0; i < 200_000; i++) {
            Module module = random.nextBoolean() ? one : two;
            long address = (long) (random.nextGaussian() * 2000);
            Frame expected = model.get(module + ":" + address);
            assertThat(cache.find(module, address))
                    .as("seed %d, step %d", seed, i)
                    .isSameAs(expected);
            if (expected == null) {
                Frame added = new Frame(FrameType.NATIVE, module, address, Frame.Name.NONE);
                model.put(module + ":" + address, cache.add(module, added, 0));
            }
        }
        assertThat(cache.size()).isEqualTo(capacity);
        assertThat(cache.bytes()).isEqualTo((long) capacity * BYTES_PER_FRAME);
    }

    @Test
    void countsWhatNamesCost() {
        FrameCache cache = new FrameCache(10_000);
        for (int i = 0; i < 100; i++) {
            Frame.Name name = Frame.Name.ofSymbol("x".repeat(500));
            cache.add(one, new Frame(FrameType.NATIVE, one, i, name), name.memoryBytes());
            assertThat(cache.bytes()).isLessThanOrEqualTo(10_000);
        }
        assertThat(cache.size()).isBetween(5, 20);
        assertThat(cache.find(one, 99)).isNotNull();
    }
}
