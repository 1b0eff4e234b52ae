package io.stackhouse.agent.export;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class IntervalBufferTest {
    @Test
    void givesUpTheOldestWhenFull() throws Exception {
        IntervalBuffer buffer = new IntervalBuffer(100);
        Interval[] added = new Interval[4];
        for (int i = 0; i < added.length; i++) {
            added[i] = new Interval(new byte[30], 1, 10);
        }
        assertThat(buffer.add(added[0])).isZero();
        assertThat(buffer.add(added[1])).isZero();
        assertThat(buffer.add(added[2])).isZero();

        assertThat(buffer.add(added[3])).isEqualTo(1);

        assertThat(buffer.take()).isSameAs(added[1]);
        assertThat(buffer.counters().droppedIntervals()).isEqualTo(1);
        assertThat(buffer.counters().droppedSamples()).isEqualTo(10);
        assertThat(buffer.counters().bufferedBytes()).isEqualTo(90);
    }

    @Test
    void doesNotGiveUpTheOneInACallButDoesWhileItWaits() throws Exception {
        IntervalBuffer buffer = new IntervalBuffer(100);
        Interval first = new Interval(new byte[60], 1, 1);
        Interval second = new Interval(new byte[60], 1, 2);
        buffer.add(first);
        assertThat(buffer.take()).isSameAs(first);

        assertThat(buffer.add(second)).as("no room beside the one in the call").isEqualTo(1);
        assertThat(buffer.counters().droppedSamples()).isEqualTo(2);
        buffer.keep(first);
        assertThat(buffer.add(second)).isEqualTo(1);

        assertThat(buffer.counters().droppedSamples()).isEqualTo(3);
        assertThat(buffer.take()).isSameAs(second);
    }

    @Test
    void doesNotEmptyItselfForWhatNeverFits() throws Exception {
        IntervalBuffer buffer = new IntervalBuffer(100);
        Interval small = new Interval(new byte[50], 1, 1);
        buffer.add(small);

        assertThat(buffer.add(new Interval(new byte[101], 1, 7))).isEqualTo(1);

        assertThat(buffer.take()).isSameAs(small);
        assertThat(buffer.counters().droppedSamples()).isEqualTo(7);
    }

    @Test
    void countsEachIntervalInExactlyOnePlace() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        IntervalBuffer buffer = new IntervalBuffer(500);
        Interval inCall = null;
        for (int i = 0; i < 20_000; i++) {
            int action = random.nextInt(6);
            if (inCall == null && action < 3) {
                buffer.add(new Interval(new byte[random.nextInt(600)], 2, 1));
            } else if (inCall == null && buffer.counters().bufferedIntervals() > 0) {
                inCall = buffer.take();
            } else if (inCall != null) {
                switch (action) {
                    case 0 -> buffer.add(new Interval(new byte[random.nextInt(600)], 2, 1));
                    case 1 -> buffer.rejected(inCall);
                    case 2 -> buffer.sent(inCall, 1);
                    default -> buffer.keep(inCall);
                }
                inCall = action == 0 ? inCall : null;
            }
            SenderCounters c = buffer.counters();
            assertThat(c.sentIntervals() + c.rejectedIntervals() + c.droppedIntervals() + c.bufferedIntervals())
                    .as("seed %d, step %d", seed, i)
                    .isEqualTo(c.submittedIntervals());
            assertThat(c.bufferedBytes()).as("seed %d, step %d", seed, i).isBetween(0L, 500L);
            assertThat(c.bufferedIntervals() == 0 ? c.bufferedBytes() : 0L).isZero();
        }
        assertThat(buffer.counters().sentProfiles()).isEqualTo(buffer.counters().sentIntervals());
    }

    @Test
    void countsWhatIsLeftAtTheEndAsDropped() {
        IntervalBuffer buffer = new IntervalBuffer(100);
        buffer.add(new Interval(new byte[30], 1, 5));

        assertThat(buffer.close()).isEqualTo(1);
        buffer.add(new Interval(new byte[30], 1, 6));

        assertThat(buffer.counters().droppedSamples()).isEqualTo(11);
        assertThat(buffer.counters().bufferedBytes()).isZero();
    }
}
