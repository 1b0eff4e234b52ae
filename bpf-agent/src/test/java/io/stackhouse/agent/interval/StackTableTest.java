package io.stackhouse.agent.interval;

import static org.assertj.core.api.Assertions.assertThat;

import io.stackhouse.agent.process.ProcessTable;
import io.stackhouse.agent.process.ProcessTableConfig;
import io.stackhouse.agent.process.TracedProcess;
import io.stackhouse.agent.sample.Event;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StackTableTest {
    private final ProcessTable processes = new ProcessTable(ProcessTableConfig.defaults());
    private final TracedProcess process =
            processes.lookup((int) ProcessHandle.current().pid(), 0, 0, "test", 0);
    private final List<Long> forgotten = new ArrayList<>();

    @AfterEach
    void close() {
        processes.close();
    }

    @Test
    void refusesWhenFull() {
        StackTable table = new StackTable(2, 6);

        assertThat(table.add(stack(1))).isTrue();
        assertThat(table.add(stack(2))).isTrue();
        assertThat(table.add(stack(3))).isFalse();
        assertThat(table.find(3)).isNull();
        assertThat(table.size()).isEqualTo(2);
    }

    @Test
    void keepsAForgottenStackForTwoMoreDrains() {
        StackTable table = new StackTable(100, 2);
        table.add(stack(1));

        table.endInterval(forgotten::add);
        assertThat(forgotten).isEmpty();
        table.endInterval(forgotten::add);
        assertThat(forgotten).containsExactly(1L);
        assertThat(table.find(1)).isNotNull();
        table.endInterval(forgotten::add);
        assertThat(table.find(1)).isNotNull();
        table.endInterval(forgotten::add);

        assertThat(table.find(1)).isNull();
        assertThat(table.size()).isZero();
        assertThat(forgotten).containsExactly(1L);
    }

    @Test
    void letsStacksThatWereSeenOnceGoFirst() {
        StackTable table = new StackTable(100, 6);
        table.add(stack(1));
        table.add(stack(2));
        table.find(1).addSamples(1);
        table.find(2).addSamples(2);
        table.endInterval(forgotten::add);

        table.endInterval(forgotten::add);
        assertThat(forgotten).isEmpty();
        table.endInterval(forgotten::add);
        assertThat(forgotten).containsExactly(1L);
        for (int i = 0; i < 4; i++) {
            table.endInterval(forgotten::add);
        }
        assertThat(forgotten).containsExactly(1L, 2L);
    }

    @Test
    void keepsAStackThatIsSeenAgain() {
        StackTable table = new StackTable(100, 2);
        table.add(stack(1));
        table.endInterval(forgotten::add);
        table.endInterval(forgotten::add);

        table.find(1).stay();
        for (int i = 0; i < 10; i++) {
            table.find(1).addSamples(1);
            table.endInterval(forgotten::add);
        }

        assertThat(table.find(1)).isNotNull();
        assertThat(forgotten).containsExactly(1L);
    }

    @Test
    void letsGoEarlierWhenNearlyFull() {
        StackTable table = new StackTable(4, 6);
        for (int hash = 1; hash <= 4; hash++) {
            table.add(stack(hash));
        }
        table.find(2).addSamples(5);

        table.endInterval(forgotten::add);

        assertThat(forgotten).containsExactlyInAnyOrder(1L, 3L, 4L);
    }

    @Test
    void behavesLikeAMap() {
        long seed = 20_260_101;
        SplittableRandom random = new SplittableRandom(seed);
        StackTable table = new StackTable(1 << 20, 1);
        Map<Long, KnownStack> model = new HashMap<>();
        for (int round = 0; round < 20; round++) {
            for (int i = 0; i < 2000; i++) {
                // Few different low bits, so that probe sequences are long.
                long hash = random.nextLong(1 << 12) << random.nextInt(40);
                if (model.putIfAbsent(hash, stack(hash)) == null) {
                    assertThat(table.add(model.get(hash))).isTrue();
                }
                assertThat(table.find(hash)).as("seed %d", seed).isSameAs(model.get(hash));
            }
            for (KnownStack stack : model.values()) {
                stack.addSamples(random.nextInt(2));
            }
            table.endInterval(forgotten::add);
            model.values().removeIf(stack -> table.find(stack.hash()) == null);
            assertThat(table.size()).isEqualTo(model.size());
        }
        assertThat(forgotten).isNotEmpty();
    }

    private KnownStack stack(long hash) {
        return new KnownStack(hash, new Subject(process, Event.CPU), "thread", null);
    }
}
