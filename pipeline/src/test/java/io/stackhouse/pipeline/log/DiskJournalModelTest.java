package io.stackhouse.pipeline.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Random lives of a journal on a disk that tears, fails, forgets, flips and fills, against the model: what was accepted and not released is
 * given out after a crash, in order, once, as it was sent; what was released before the saved cursor need not be; nothing is invented. What
 * a disk forgets that it had promised to keep is no more than what came in that life.
 */
class DiskJournalModelTest {
    private static final int SEEDS = Integer.getInteger("stackhouse.test.seeds", 100);
    private static final int LIVES = 6;
    private static final List<String> TENANTS = List.of("", "shop", "Büro");
    private static final JournalSettings SETTINGS =
            new JournalSettings(1 << 20, 8192, 4096, JournalSettings.WhenFull.REFUSE, TimeUnit.MINUTES.toNanos(10), 0);

    /** One history: what the model knows of every request number. */
    private static final class Model {
        final Set<Integer> accepted = Collections.synchronizedSet(new HashSet<>());
        final Set<Integer> offered = new HashSet<>();
        final Set<Integer> released = new HashSet<>();
        int next;
    }

    @ParameterizedTest
    @EnumSource(Trouble.class)
    void givesOutWhatWasAcceptedAfterEveryCrash(Trouble trouble) throws Exception {
        long chosen = new Random().nextLong();
        for (int i = 0; i < SEEDS; i++) {
            long seed = i < SEEDS - 1 ? i : chosen;
            try {
                runLives(seed, trouble);
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed + ", " + trouble, e);
            }
        }
    }

    private static void runLives(long seed, Trouble trouble) throws Exception {
        Random random = new Random(seed);
        FaultyStorage storage = new FaultyStorage(random);
        Model model = new Model();
        for (int life = 0; life < LIVES; life++) {
            int firstOfLife = model.next;
            DiskJournal journal = open(storage);
            trouble.begin(storage, random);
            List<Journal.Entry> taken = new ArrayList<>();
            live(journal, model, taken, random);
            storage.setCapacity(Long.MAX_VALUE);
            live(journal, model, taken, random);
            // The process is gone: its threads must be, before the disk is looked at again.
            journal.close();
            assertThat(storage.isSyncedAgain())
                    .as("a file is synced again after its sync has failed")
                    .isFalse();
            boolean forgets = storage.crash();
            int flips = trouble == Trouble.FLIPS && storage.flipBit() ? 1 : 0;
            if (random.nextInt(4) == 0) {
                verifyThatItRefusesAnUnknownVersion(storage, random);
            }
            verify(storage, model, forgets ? firstOfLife : Integer.MAX_VALUE, flips);
        }
    }

    private static DiskJournal open(FaultyStorage storage) {
        DiskJournal journal = new DiskJournal(
                storage, "memory", SETTINGS, DiskJournalModelTest::decode, telemetry(new ManualClock()));
        journal.start();
        return journal;
    }

    /** Appends, takes and releases at random. */
    private static void live(DiskJournal journal, Model model, List<Journal.Entry> taken, Random random)
            throws InterruptedException {
        int rounds = 1 + random.nextInt(6);
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
        for (int i = random.nextInt(8); i > 0 && mayTake(model, taken); i--) {
            taken.add(journal.take());
            if (random.nextBoolean()) {
                Journal.Entry done = taken.remove(random.nextInt(taken.size()));
                journal.release(done.sequence());
                model.released.add(number(done.request()));
            }
        }
    }

    /** Whether there is surely something to take, and room for it in memory. */
    private static boolean mayTake(Model model, List<Journal.Entry> taken) {
        Set<Integer> open = new HashSet<>(model.accepted);
        open.removeAll(model.released);
        long bytes =
                taken.stream().mapToLong(entry -> entry.request().memoryBytes()).sum();
        return open.size() > taken.size() && bytes < SETTINGS.maxMemoryBytes();
    }

    /** A record of a later version must not be taken for damage: the start fails, and nothing is touched. */
    private static void verifyThatItRefusesAnUnknownVersion(FaultyStorage storage, Random random) {
        List<String> segments = new ArrayList<>();
        storage.snapshot().forEach((name, bytes) -> {
            // One without a header has no mark to write.
            if (Segment.isSegment(name) && bytes.length > 0 && bytes[0] != 0) {
                segments.add(name);
            }
        });
        if (segments.isEmpty()) {
            return;
        }
        String name = segments.get(random.nextInt(segments.size()));
        byte[] before = storage.snapshot().get(name);
        byte[] body = {1, 2, 3};
        RecordHeader header = new RecordHeader(
                RecordHeader.LAYOUT + 1,
                RecordHeader.TRACES,
                1,
                body.length,
                0,
                SegmentScanner.checksum(new byte[0], body),
                Long.MAX_VALUE - 1,
                0,
                new Fingerprint(1, 2),
                ByteBuffer.wrap(before).order(ByteOrder.LITTLE_ENDIAN).getInt(16));
        int at = (int) RecordHeader.aligned(before.length);
        ByteBuffer longer = ByteBuffer.wrap(Arrays.copyOf(before, at + (int) header.recordBytes()))
                .position(at);
        header.write(longer);
        storage.write(name, longer.put(body).array());
        Map<String, byte[]> all = storage.snapshot();
        assertThatThrownBy(() -> open(storage))
                .hasMessageContaining(name)
                .hasMessageContaining("layout 2")
                .hasMessageContaining("start the version that wrote it");
        assertThat(storage.snapshot()).as("nothing is touched").containsAllEntriesOf(all);
        storage.write(name, before);
    }

    /** Opens what the crash left and compares it with the model. */
    private static void verify(FaultyStorage storage, Model model, int firstThatMayBeForgotten, int flips)
            throws Exception {
        DiskJournal journal = open(storage);
        journal.seal();
        List<Integer> found = new ArrayList<>();
        for (Journal.Entry entry = journal.take(); entry != null; entry = journal.take()) {
            found.add(number(entry.request()));
            assertIsAsSent(entry.request());
        }
        journal.close();
        storage.crash();
        Set<Integer> missing = new HashSet<>(model.accepted);
        missing.removeAll(model.released);
        found.forEach(missing::remove);
        Set<Integer> lost = new HashSet<>(missing);
        lost.removeIf(number -> number >= firstThatMayBeForgotten);
        assertThat(lost).as("accepted, not released, and gone").hasSizeLessThanOrEqualTo(flips);
        assertThat(found).as("each once").doesNotHaveDuplicates().isSorted();
        assertThat(model.offered).as("nothing invented").containsAll(found);
        // What is lost stays lost; it must not count against the next life.
        model.accepted.removeAll(missing);
    }

    private static void assertIsAsSent(Request found) {
        Request sent = request(number(found), found.body().length - Integer.BYTES);
        assertThat(found.tenant()).isEqualTo(sent.tenant());
        assertThat(found.signal()).isEqualTo(sent.signal());
        assertThat(found.wireVersion()).isEqualTo(sent.wireVersion());
        assertThat(found.receivedUnixNanos()).isEqualTo(sent.receivedUnixNanos());
        assertThat(found.body()).isEqualTo(sent.body());
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
        byte[] body =
                ByteBuffer.allocate(Integer.BYTES + padding).putInt(number).array();
        String tenant = TENANTS.get(number % TENANTS.size());
        return new Request(
                number % 2 == 0 ? Signal.TRACES : Signal.PROFILES,
                1 + number % 2,
                body,
                new SpanBatch(List.of(), 0),
                1_000_000_000L * number,
                tenant,
                body.length);
    }

    private static int number(Request request) {
        return ByteBuffer.wrap(request.body()).getInt();
    }
}
