package io.stackhouse.agent.jvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;

import io.stackhouse.agent.process.TargetMemory;
import io.stackhouse.agent.process.TargetReadException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Recorded memory of a real JVM (that of the test) with random damage: no exception but ours, no long work, no large allocation. */
class HostileJvmTest {
    private static final int ROUNDS = 1500;
    private static final int METHODS = 60;
    private static final Duration LONGEST = Duration.ofSeconds(2);
    private static final int BLOCKS = 1 << 14;

    private final Map<Long, byte[]> recorded = new HashMap<>();

    @Test
    void readsDamagedMemoryWithoutHarm() throws Exception {
        JvmReading self = new JvmReading(ProcessHandle.current().pid());
        TargetMemory.Source recorder = (address, into) -> {
            boolean isRead = self.source.read(address, into);
            if (isRead) {
                recorded.put(address, into.clone());
            }
            return isRead;
        };
        Jvm jvm = self.read(recorder);
        List<Long> pcs = new ArrayList<>();
        self.memory.attach(recorder, 1 << 20);
        int named = readMethods(self.memory, jvm, pcs, true);
        assertThat(named).isGreaterThan(METHODS / 2);

        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        int refused = 0;
        for (int round = 0; round < ROUNDS; round++) {
            TargetMemory.Source damaged = damaged(random);
            long start = System.nanoTime();
            refused += attempt(self, damaged, jvm, pcs, "seed " + seed + ", round " + round);
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .as("seed %d, round %d", seed, round)
                    .isLessThan(LONGEST);
        }
        // Otherwise the damage would not have reached what is read.
        assertThat(refused).as("seed %d", seed).isBetween(ROUNDS / 100, ROUNDS - ROUNDS / 100);
    }

    @Test
    void saysWhatItLacksInAProcessThatIsGone() throws Exception {
        JvmReading self = new JvmReading(ProcessHandle.current().pid());
        try {
            Jvm unexpected = self.read((address, into) -> false);
            fail("read %s".formatted(unexpected));
        } catch (TargetReadException e) {
            assertThat(e).hasMessageContaining("cannot read");
        }
    }

    private static int attempt(
            JvmReading reading, TargetMemory.Source source, Jvm known, List<Long> pcs, String round) {
        try {
            // Every other round the head is whole, so that the damage meets the methods.
            Jvm jvm = round.hashCode() % 2 == 0 ? known : reading.read(source);
            reading.memory.attach(source, BLOCKS);
            return readMethods(reading.memory, jvm, pcs, false) < pcs.size() ? 1 : 0;
        } catch (TargetReadException e) {
            return 1;
        } catch (RuntimeException | Error e) {
            throw new AssertionError(round, e);
        }
    }

    /** Reads names and scopes of some compiled methods; returns of how many. */
    private static int readMethods(TargetMemory memory, Jvm jvm, List<Long> pcs, boolean search) {
        if (search) {
            pcs.addAll(somePlaces(memory, jvm));
        }
        Scopes scopes = new Scopes();
        int named = 0;
        for (long pc : pcs) {
            try {
                long blob = jvm.blobOf(memory, pc);
                if (blob == 0) {
                    continue;
                }
                scopes.read(memory, jvm.layout(), blob, pc, false);
                for (int i = 0; i < scopes.depth(); i++) {
                    JavaMethod method = JavaMethod.read(memory, jvm.layout(), scopes.method(i));
                    assertThat(method.frame(scopes.bci(i)).function()).isNotNull();
                }
                named++;
            } catch (TargetReadException e) {
                assertThat(e.getMessage()).isNotEmpty();
            }
        }
        return named;
    }

    private static List<Long> somePlaces(TargetMemory memory, Jvm jvm) {
        List<Long> pcs = new ArrayList<>();
        for (CodeHeap heap : jvm.heaps()) {
            for (long at = heap.low(); at < heap.high() && pcs.size() < METHODS; at += 4096) {
                try {
                    long blob = heap.blockOf(memory, at);
                    if (blob != 0
                            && "nmethod"
                                    .equals(memory.cString(
                                            memory.pointer(blob + jvm.layout().heapBlockBytes + jvm.layout().blobName),
                                            16))) {
                        pcs.add(at);
                    }
                } catch (TargetReadException e) {
                    // Not in use from here on.
                    break;
                }
            }
        }
        return pcs;
    }

    /** Some blocks are missing, some have wrong bytes. */
    private TargetMemory.Source damaged(Random random) {
        long seed = random.nextLong();
        int rate = 2 << random.nextInt(10);
        return (address, into) -> {
            byte[] block = recorded.get(address);
            if (block == null) {
                return false;
            }
            System.arraycopy(block, 0, into, 0, into.length);
            Random here = new Random(seed ^ address);
            if (here.nextInt(rate) == 0) {
                int hits = 1 + here.nextInt(16);
                for (int i = 0; i < hits; i++) {
                    into[here.nextInt(into.length)] =
                            new byte[] {0, 1, -1, 0x7f, (byte) 0x80, (byte) here.nextInt()}[here.nextInt(6)];
                }
            }
            return here.nextInt(8 * rate) != 0;
        };
    }
}
