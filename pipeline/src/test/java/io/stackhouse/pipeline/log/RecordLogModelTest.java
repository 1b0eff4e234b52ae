package io.stackhouse.pipeline.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Random lives of a log on a disk that tears, fails, forgets, flips and fills, against the model: what was appended and not released is found
 * after every crash, once, in order, byte for byte; a group is there whole or not at all; what was ever appended stands in the note or in
 * a record.
 */
class RecordLogModelTest {
    private static final int SEEDS = Integer.getInteger("stackhouse.test.seeds", 100);
    private static final int LIVES = 6;
    private static final int SEGMENT_BYTES = 4096;

    /** One history. */
    private static final class Model {
        final Map<Integer, Integer> groupOf = new HashMap<>();
        final Map<Integer, Integer> sizeOf = new HashMap<>();
        final Set<Integer> appended = new TreeSet<>();
        final Set<Integer> released = new HashSet<>();
        /** What the process of this life knows that was appended. */
        Set<Integer> known = new TreeSet<>();

        int next;
    }

    /** What a life finds. */
    private record Found(Map<Integer, RecordLog.Item> open, List<Integer> all, Set<Integer> known) {}

    @ParameterizedTest
    @EnumSource(Trouble.class)
    void findsWhatWasAppendedAfterEveryCrash(Trouble trouble) throws IOException {
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

    private static void runLives(long seed, Trouble trouble) throws IOException {
        Random random = new Random(seed);
        FaultyStorage storage = new FaultyStorage(random);
        Model model = new Model();
        for (int life = 0; life < LIVES; life++) {
            int firstOfLife = model.next;
            RecordLog log = new RecordLog(storage, SEGMENT_BYTES);
            Found found = open(log);
            model.known = found.known();
            Map<Integer, RecordLog.Item> open = new HashMap<>(found.open());
            trouble.begin(storage, random);
            live(log, model, open, random);
            storage.setCapacity(Long.MAX_VALUE);
            live(log, model, open, random);
            assertThat(storage.isSyncedAgain())
                    .as("a file is synced again after its sync has failed")
                    .isFalse();
            boolean forgets = storage.crash();
            int flips = trouble == Trouble.FLIPS && storage.flipBit() ? 1 : 0;
            verify(storage, model, forgets ? firstOfLife : Integer.MAX_VALUE, flips);
        }
    }

    private static void live(RecordLog log, Model model, Map<Integer, RecordLog.Item> open, Random random) {
        for (int i = 1 + random.nextInt(6); i > 0; i--) {
            append(log, model, open, random);
            for (Integer number : List.copyOf(open.keySet())) {
                if (random.nextInt(3) > 0) {
                    log.release(open.remove(number));
                    model.released.add(number);
                }
            }
            if (random.nextBoolean()) {
                keepHouse(log, model);
            }
        }
    }

    private static void append(RecordLog log, Model model, Map<Integer, RecordLog.Item> open, Random random) {
        int first = model.next;
        List<byte[]> bodies = new ArrayList<>();
        for (int k = 1 + random.nextInt(4); k > 0; k--) {
            bodies.add(body(model.next, random.nextInt(1500)));
            model.groupOf.put(model.next++, first);
        }
        model.sizeOf.put(first, bodies.size());
        try {
            List<RecordLog.Item> items = log.append(bodies, first);
            for (int k = 0; k < items.size(); k++) {
                open.put(first + k, items.get(k));
                model.appended.add(first + k);
                model.known.add(first + k);
                assertThat(log.read(items.get(k))).isEqualTo(bodies.get(k));
            }
        } catch (IOException e) {
            // Not promised.
        }
    }

    private static void keepHouse(RecordLog log, Model model) {
        try {
            log.keepHouse(() -> {
                ByteBuffer note = ByteBuffer.allocate(model.known.size() * 4).order(ByteOrder.LITTLE_ENDIAN);
                model.known.forEach(note::putInt);
                return note;
            });
        } catch (IOException e) {
            // It is tried again.
        }
    }

    private static Found open(RecordLog log) throws IOException {
        Map<Integer, RecordLog.Item> open = new HashMap<>();
        List<Integer> all = new ArrayList<>();
        Set<Integer> known = new TreeSet<>();
        log.open((item, body, isReleased) -> {
            int number = ByteBuffer.wrap(body).getInt();
            assertThat(body).isEqualTo(body(number, body.length - 4));
            all.add(number);
            known.add(number);
            if (!isReleased) {
                assertThat(open.put(number, item)).as("found once: %d", number).isNull();
                assertThat(log.read(item)).isEqualTo(body);
            }
        });
        ByteBuffer note = log.note();
        while (note != null && note.hasRemaining()) {
            known.add(note.getInt());
        }
        return new Found(open, all, known);
    }

    /** Opens what the crash left and compares it with the model. */
    private static void verify(FaultyStorage storage, Model model, int firstThatMayBeForgotten, int flips)
            throws IOException {
        RecordLog log = new RecordLog(storage, SEGMENT_BYTES);
        Found found = open(log);
        log.close();
        storage.crash();
        Set<Integer> missing = new TreeSet<>(model.appended);
        missing.removeAll(model.released);
        missing.removeAll(found.open().keySet());
        Set<Integer> lostGroups = new HashSet<>();
        missing.stream()
                .filter(number -> number < firstThatMayBeForgotten)
                .forEach(number -> lostGroups.add(model.groupOf.get(number)));
        assertThat(lostGroups).as("appended, not released, and gone").hasSizeLessThanOrEqualTo(flips);
        assertThat(found.all()).as("in order").doesNotHaveDuplicates().isSorted();
        Set<Integer> unknown = new TreeSet<>(model.appended);
        unknown.removeAll(found.known());
        Set<Integer> unknownGroups = new HashSet<>();
        unknown.forEach(number -> unknownGroups.add(model.groupOf.get(number)));
        if (firstThatMayBeForgotten == Integer.MAX_VALUE) {
            // A disk that forgets may forget the note.
            assertThat(unknownGroups).as("in no record and not in the note").hasSizeLessThanOrEqualTo(flips);
        }
        if (flips == 0 && firstThatMayBeForgotten == Integer.MAX_VALUE) {
            assertThatGroupsAreWhole(model, found.all());
        }
        model.appended.removeAll(missing);
        model.appended.removeAll(unknown);
    }

    private static void assertThatGroupsAreWhole(Model model, List<Integer> all) {
        Map<Integer, Integer> sizes = new HashMap<>();
        all.forEach(number -> sizes.merge(model.groupOf.get(number), 1, Integer::sum));
        sizes.forEach((group, size) -> assertThat(size).as("group of %d", group).isEqualTo(model.sizeOf.get(group)));
    }

    private static byte[] body(int number, int padding) {
        byte[] body = new byte[4 + padding];
        new Random(number).nextBytes(body);
        return ByteBuffer.wrap(body).putInt(number).array();
    }
}
