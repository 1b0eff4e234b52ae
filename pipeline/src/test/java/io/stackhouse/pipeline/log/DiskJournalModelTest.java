package io.stackhouse.pipeline.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.metrics.MeterProvider;
import io.stackhouse.pipeline.Ack;
import io.stackhouse.pipeline.Clock;
import io.stackhouse.pipeline.ComponentId;
import io.stackhouse.pipeline.RefusedException;
import io.stackhouse.pipeline.Request;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.batch.SpanBatch;
import io.stackhouse.pipeline.memory.MemoryLease;
import io.stackhouse.pipeline.testing.ManualClock;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Random lives of a journal on a disk that tears, forgets, flips and fills, against the model: what was accepted and not released is
 * given out after a crash, in order, once; what was released before the saved cursor need not be; nothing is invented.
 */
class DiskJournalModelTest {
    private static final int SEEDS = Integer.getInteger("stackhouse.test.seeds", 300);
    private static final int LIVES = 6;
    private static final JournalSettings SETTINGS =
            new JournalSettings(1 << 20, 8192, 4096, JournalSettings.WhenFull.REFUSE, TimeUnit.MINUTES.toNanos(10), 0);

    /** One history: what the model knows of every request number. */
    private static final class Model {
        final Set<Integer> accepted = Collections.synchronizedSet(new HashSet<>());
        final Set<Integer> offered = new HashSet<>();
        final Set<Integer> released = new HashSet<>();
        int next;
    }

    @Test
    void givesOutWhatWasAcceptedAfterEveryCrash() throws Exception {
        long chosen = new Random().nextLong();
        for (int i = 0; i < SEEDS; i++) {
            long seed = i < SEEDS - 1 ? i : chosen;
            runLives(seed, false);
        }
    }

    @Test
    void losesNoMoreThanTheRecordsWhoseBitsFlipped() throws Exception {
        for (long seed = 0; seed < SEEDS; seed++) {
            runLives(seed, true);
        }
    }

    private static void runLives(long seed, boolean flipsBits) throws Exception {
        Random random = new Random(seed);
        FaultyStorage storage = new FaultyStorage(random);
        Model model = new Model();
        for (int life = 0; life < LIVES; life++) {
            ManualClock clock = new ManualClock();
            DiskJournal journal =
                    new DiskJournal(storage, "memory", SETTINGS, DiskJournalModelTest::decode, telemetry(clock));
            journal.start();
            if (!flipsBits) {
                storage.failWithProbability(random.nextInt(3) == 0 ? 0.05 : 0);
            }
            live(journal, model, random);
            // The process is gone: its threads must be, before the disk is looked at again.
            journal.close();
            storage.crash();
            int flips = flipsBits && storage.flipBit() ? 1 : 0;
            verify(storage, model, seed, flips);
        }
    }

    /** Appends, takes and releases at random. */
    private static void live(DiskJournal journal, Model model, Random random) throws InterruptedException {
        int rounds = 1 + random.nextInt(10);
        List<Journal.Entry> taken = new ArrayList<>();
        for (int i = 0; i < rounds; i++) {
            int group = 1 + random.nextInt(5);
            CountDownLatch answers = new CountDownLatch(group);
            for (int k = 0; k < group; k++) {
                int number = model.next++;
                model.offered.add(number);
                journal.append(request(number, random.nextInt(2000)), new NumberedAck(number, model, answers));
            }
            assertThat(answers.await(10, TimeUnit.SECONDS)).isTrue();
        }
        int available = model.accepted.size() - model.released.size();
        for (int i = Math.min(available, random.nextInt(8)); i > 0 && journal.pendingBytes() > 0; i--) {
            journal.seal();
            Journal.Entry entry = journal.take();
            if (entry == null) {
                return;
            }
            taken.add(entry);
            if (random.nextBoolean()) {
                Journal.Entry done = taken.remove(random.nextInt(taken.size()));
                journal.release(done);
                model.released.add(number(done.request()));
            }
        }
    }

    /** Opens what the crash left and compares it with the model. */
    private static void verify(FaultyStorage storage, Model model, long seed, int flips) throws Exception {
        DiskJournal journal = new DiskJournal(
                storage, "memory", SETTINGS, DiskJournalModelTest::decode, telemetry(new ManualClock()));
        journal.start();
        journal.seal();
        List<Integer> found = new ArrayList<>();
        for (Journal.Entry entry = journal.take(); entry != null; entry = journal.take()) {
            found.add(number(entry.request()));
        }
        journal.close();
        storage.crash();
        Set<Integer> expected = new HashSet<>(model.accepted);
        expected.removeAll(model.released);
        Set<Integer> missing = new HashSet<>(expected);
        found.forEach(missing::remove);
        assertThat(missing)
                .as("seed %d: accepted, not released, and gone", seed)
                .hasSizeLessThanOrEqualTo(flips);
        assertThat(found).as("seed %d: each once", seed).doesNotHaveDuplicates().isSorted();
        assertThat(model.offered).as("seed %d: nothing invented", seed).containsAll(found);
        // What a flip destroyed stays lost; it must not count against the next life.
        model.accepted.removeAll(missing);
    }

    private record NumberedAck(int number, Model model, CountDownLatch answers) implements Ack {
        @Override
        public void accepted() {
            model.accepted.add(number);
            answers.countDown();
        }

        @Override
        public void refused(RefusedException reason) {
            answers.countDown();
        }
    }

    private static Telemetry telemetry(Clock clock) {
        return new Telemetry(ComponentId.parse("traces"), MeterProvider.noop().get("test"), clock);
    }

    private static SpanBatch decode(
            Signal signal, int wireVersion, byte[] body, long receivedUnixNanos, MemoryLease memory) {
        return new SpanBatch(List.of(), receivedUnixNanos);
    }

    private static Request request(int number, int padding) {
        byte[] body = ByteBuffer.allocate(4 + padding).putInt(number).array();
        return new Request(
                Signal.TRACES, 1, body, new SpanBatch(List.of(), 0), 1_000_000_000L * number, "", body.length);
    }

    private static int number(Request request) {
        return ByteBuffer.wrap(request.body()).getInt();
    }
}
