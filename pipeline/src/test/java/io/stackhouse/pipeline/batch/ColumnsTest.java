package io.stackhouse.pipeline.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.stackhouse.pipeline.batch.Columns.Ints;
import io.stackhouse.pipeline.batch.Columns.Longs;
import io.stackhouse.pipeline.memory.DecodeMemory;
import io.stackhouse.pipeline.memory.MemoryLease;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Columns beside lists, whatever is done to them in whatever order. */
class ColumnsTest {
    private static final int STEPS = 400;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void holdWhatWasPutIn(int bytes) {
        for (long seed = 0; seed < 40; seed++) {
            Random random = new Random(seed);
            ColumnArrays arrays = new ColumnArrays();
            for (int message = 0; message < 3; message++) {
                // What the last message left in the arrays must not be seen.
                arrays.restart();
                check("seed " + seed + ", message " + message, random, bytes, arrays);
            }
        }
    }

    private static void check(String name, Random random, int bytes, ColumnArrays arrays) {
        DecodeMemory memory = DecodeMemory.of(MemoryLease.counting(), 1 << 20);
        Longs longs = new Longs(memory, arrays);
        Ints ints = new Ints(memory, arrays);
        List<Long> expected = new ArrayList<>();
        for (int step = 0; step < STEPS; step++) {
            step(random, bytes, longs, ints, expected);
        }
        assertEqual(name, longs, ints, expected);
        longs.pack();
        ints.pack();
        assertEqual(name + ", packed", longs, ints, expected);
        for (int step = 0; step < 10; step++) {
            step(random, bytes, longs, ints, expected);
        }
        assertEqual(name + ", changed after that", longs, ints, expected);
    }

    private static void step(Random random, int bytes, Longs longs, Ints ints, List<Long> expected) {
        int size = expected.size();
        switch (random.nextInt(20)) {
            case 0 -> {
                int count = random.nextInt(10);
                long value = value(random, bytes);
                longs.addRepeated(value, count);
                ints.addRepeated((int) value, count);
                for (int i = 0; i < count; i++) {
                    expected.add(value);
                }
            }
            case 1 -> {
                int count = random.nextInt(40);
                long[] manyLongs = longs.room(count);
                int[] manyInts = ints.room(count);
                for (int i = 0; i < count; i++) {
                    long value = value(random, bytes);
                    manyLongs[size + i] = value;
                    manyInts[size + i] = (int) value;
                    expected.add(value);
                }
                longs.added(count);
                ints.added(count);
            }
            case 2 -> {
                int newSize = size - random.nextInt(size / 4 + 1);
                longs.truncate(newSize);
                ints.truncate(newSize);
                expected.subList(newSize, size).clear();
            }
            case 3 -> {
                if (size > 0) {
                    int index = random.nextInt(size);
                    long value = value(random, bytes);
                    longs.set(index, value);
                    ints.set(index, (int) value);
                    expected.set(index, value);
                }
            }
            default -> {
                long value = value(random, bytes);
                longs.add(value);
                ints.add((int) value);
                expected.add(value);
            }
        }
    }

    private static long value(Random random, int bytes) {
        // Often the same, so that there are constants for a while.
        return random.nextInt(3) == 0 ? 0 : random.nextLong() >> (Long.SIZE - 8 * bytes);
    }

    private static void assertEqual(String name, Longs longs, Ints ints, List<Long> expected) {
        assertThat(longs.size()).as(name).isEqualTo(expected.size());
        assertThat(ints.size()).as(name).isEqualTo(expected.size());
        for (int i = 0; i < expected.size(); i++) {
            assertThat(longs.get(i)).as("%s, element %d", name, i).isEqualTo(expected.get(i));
            assertThat(ints.get(i))
                    .as("%s, element %d", name, i)
                    .isEqualTo(expected.get(i).intValue());
        }
        int half = expected.size() / 2;
        boolean areBelow = expected.stream().skip(half).allMatch(value -> value >= 0 && value < 100);
        assertThat(longs.areBelow(100, half, expected.size())).as(name).isEqualTo(areBelow);
        boolean areSmallInts =
                expected.stream().skip(half).mapToInt(Long::intValue).allMatch(value -> value >= 0 && value < 100);
        assertThat(ints.areBelow(100, half, expected.size())).as(name).isEqualTo(areSmallInts);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, -3, 1L << 40, Long.MAX_VALUE / 100})
    void progressionsTakeNoMemory(long step) {
        DecodeMemory memory = DecodeMemory.of(MemoryLease.counting(), 1 << 20);
        Longs longs = new Longs(memory, new ColumnArrays());
        Ints ints = new Ints(memory, new ColumnArrays());
        for (int i = 0; i < 100; i++) {
            longs.add(7 + step * i);
            ints.add((int) (7 + step * i));
        }
        longs.pack();
        assertThat(longs.get(99)).isEqualTo(7 + step * 99);
        assertThat(ints.get(99)).isEqualTo((int) (7 + step * 99));
        ints.pack();
        assertThat(ints.get(99)).isEqualTo((int) (7 + step * 99));
        assertThat(memory.heldBytes()).isLessThan(500);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 100, 256, 257, 70_000, 1 << 25, Integer.MAX_VALUE})
    void checkedNumbersArePackedAsTheyAre(int bound) {
        for (long seed = 0; seed < 40; seed++) {
            Random random = new Random(seed);
            Ints ints = new Ints(DecodeMemory.unbounded(), new ColumnArrays());
            List<Integer> expected = new ArrayList<>();
            ints.add(bound - 1);
            expected.add(bound - 1);
            for (int i = random.nextInt(30); i >= 0; i--) {
                int value = random.nextInt(bound);
                ints.add(value);
                expected.add(value);
            }
            int middle = random.nextInt(ints.size());
            assertThat(ints.areBelow(bound, 0, middle)).isTrue();
            assertThat(ints.areBelow(bound, middle, ints.size())).isTrue();
            assertThat(ints.areBelow(bound - 1, 0, ints.size())).isFalse();
            assertThat(ints.areBetween(1, bound, 0, ints.size())).isEqualTo(!expected.contains(0));
            switch (random.nextInt(4)) {
                case 0 -> {
                    int index = random.nextInt(ints.size());
                    ints.set(index, -7);
                    expected.set(index, -7);
                }
                case 1 -> {
                    ints.add(Integer.MAX_VALUE);
                    expected.add(Integer.MAX_VALUE);
                }
                case 2 -> {
                    ints.truncate(middle);
                    expected.subList(middle, expected.size()).clear();
                    ints.add(-1);
                    expected.add(-1);
                }
                default -> {}
            }
            ints.pack();
            assertThat(ints.copyOfRange(0, ints.size()))
                    .as("seed %d", seed)
                    .containsExactly(
                            expected.stream().mapToInt(Integer::intValue).toArray());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aProgressionGoesOnWhereItFits(boolean isPacked) {
        Ints ints = new Ints(DecodeMemory.unbounded(), new ColumnArrays());
        ints.addProgression(0, 0);
        ints.addProgression(5, 2);
        ints.addProgression(7, 1);
        ints.addProgression(9, 2);
        ints.add(3);
        ints.addProgression(0, 1);
        if (isPacked) {
            ints.pack();
        }
        assertThat(ints.copyOfRange(0, ints.size())).containsExactly(5, 6, 7, 9, 10, 3, 0);
    }
}
