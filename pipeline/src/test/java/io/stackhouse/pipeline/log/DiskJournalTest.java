package io.stackhouse.pipeline.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stackhouse.pipeline.Ack;
import io.stackhouse.pipeline.RefusedException;
import io.stackhouse.pipeline.Request;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.batch.SpanBatch;
import io.stackhouse.pipeline.log.JournalSettings.WhenFull;
import io.stackhouse.pipeline.memory.MemoryLease;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The journal on a real folder. */
@Timeout(60)
class DiskJournalTest {
    private static final long MINUTES = TimeUnit.MINUTES.toNanos(1);
    private static final JournalSettings SMALL =
            new JournalSettings(64 << 10, 16 << 10, 8 << 10, WhenFull.REFUSE, 10 * MINUTES, 0);

    @TempDir
    Path folder;

    private final List<DiskJournal> opened = new ArrayList<>();
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
    private final Ack ack = new Ack() {
        @Override
        public void accepted() {
            answers.add("accepted");
        }

        @Override
        public void refused(RefusedException reason) {
            answers.add(reason.getMessage());
        }
    };

    @AfterEach
    void close() {
        opened.forEach(DiskJournal::close);
    }

    @Test
    void givesOutAgainWhatWasNotReleasedBeforeTheRestart() throws Exception {
        DiskJournal journal = open(SMALL);
        for (int i = 0; i < 5; i++) {
            assertThat(append(journal, i, 100, 0)).isEqualTo("accepted");
        }
        journal.release(journal.take());
        journal.release(journal.take());
        journal.close();

        DiskJournal again = open(SMALL);
        again.seal();

        assertThat(numbers(again)).containsExactly(2, 3, 4);
    }

    @Test
    void readsBackWhatDoesNotFitIntoMemoryInOrder() throws Exception {
        DiskJournal journal = open(SMALL);
        for (int i = 0; i < 40; i++) {
            assertThat(append(journal, i, 1000, 0)).isEqualTo("accepted");
        }
        assertThat(journal.pendingBytes()).isLessThanOrEqualTo(16 << 10);

        List<Integer> taken = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            Journal.Entry entry = journal.take();
            taken.add(number(entry));
            journal.release(entry);
        }

        assertThat(taken).isSorted().hasSize(40).doesNotHaveDuplicates();
        assertThat(journal.pendingBytes()).isZero();
    }

    @Test
    void refusesBeyondItsBudgetOnDiskAndTakesAgainWhenSegmentsAreDeleted() throws Exception {
        DiskJournal journal = open(SMALL);
        int accepted = 0;
        while (append(journal, accepted, 2000, 0).equals("accepted")) {
            accepted++;
        }
        assertThat(accepted).isBetween(25, 33);
        for (int i = 0; i < accepted; i++) {
            journal.release(journal.take());
        }

        Awaitility.await("room again")
                .atMost(Duration.ofSeconds(10))
                .until(() -> append(journal, 1000, 2000, 0).equals("accepted"));
        assertThat(journal.diskBytes()).isLessThan(64 << 10);
    }

    @Test
    void givesUpTheOldestBeyondItsBudgetWhenToldTo() throws Exception {
        JournalSettings dropping =
                new JournalSettings(64 << 10, 16 << 10, 8 << 10, WhenFull.DROP_OLDEST, 10 * MINUTES, 0);
        DiskJournal journal = open(dropping);
        for (int i = 0; i < 100; i++) {
            assertThat(append(journal, i, 2000, 0)).isEqualTo("accepted");
        }
        journal.seal();

        List<Integer> left = numbers(journal);

        assertThat(left).isSorted().endsWith(99).hasSizeBetween(20, 40);
        assertThat(journal.droppedRecords()).isEqualTo(100 - left.size());
    }

    @Test
    void acceptsAnEqualRequestOnceAlsoOverARestart() throws Exception {
        DiskJournal journal = open(SMALL);
        assertThat(append(journal, 7, 100, 0)).isEqualTo("accepted");
        assertThat(append(journal, 7, 100, 9 * MINUTES)).isEqualTo("accepted");
        journal.close();
        DiskJournal again = open(SMALL);

        assertThat(append(again, 7, 100, 9 * MINUTES)).isEqualTo("accepted");
        assertThat(again.duplicateRequests()).isEqualTo(1);
        assertThat(append(again, 7, 100, 30 * MINUTES)).isEqualTo("accepted");
        again.seal();

        assertThat(numbers(again)).containsExactly(7, 7);
    }

    @Test
    void refusesAFolderThatBelongsToAnother() {
        open(SMALL);

        assertThatThrownBy(() -> open(SMALL))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(folder.toString())
                .hasMessageContaining("another running collector");
    }

    @Test
    void refusesASegmentOfALaterLayout() throws Exception {
        DiskJournal journal = open(SMALL);
        append(journal, 1, 10, 0);
        journal.close();
        Path segment;
        try (var files = Files.list(folder)) {
            segment = files.filter(file -> Segment.isSegment(file.getFileName().toString()))
                    .findFirst()
                    .orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(segment);
        ByteBuffer header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        header.putInt(4, 2);
        CRC32C checksum = new CRC32C();
        checksum.update(bytes, 0, 60);
        header.putInt(60, (int) checksum.getValue());
        Files.write(segment, bytes);

        assertThatThrownBy(() -> open(SMALL))
                .hasMessageContaining("layout 2")
                .hasMessageContaining("start the version that wrote it");
        assertThat(Files.readAllBytes(segment)).as("nothing is touched").isEqualTo(bytes);
    }

    @Test
    void canBeClosedTwiceAndWithoutAStart() {
        DiskJournal journal = DiskJournal.of(folder, SMALL, DiskJournalTest::decode, Telemetry.none());

        journal.close();
        journal.close();

        assertThat(folder).isEmptyDirectory();
    }

    private DiskJournal open(JournalSettings settings) {
        DiskJournal journal = DiskJournal.of(folder, settings, DiskJournalTest::decode, Telemetry.none());
        journal.start();
        opened.add(journal);
        return journal;
    }

    private String append(DiskJournal journal, int number, int bytes, long receivedUnixNanos)
            throws InterruptedException {
        byte[] body = ByteBuffer.allocate(4 + bytes).putInt(number).array();
        journal.append(
                new Request(Signal.TRACES, 1, body, new SpanBatch(List.of(), 0), receivedUnixNanos, "", body.length),
                ack);
        String answer = answers.poll(10, TimeUnit.SECONDS);
        assertThat(answer).as("an answer").isNotNull();
        return answer;
    }

    private static List<Integer> numbers(DiskJournal journal) throws InterruptedException {
        List<Integer> numbers = new ArrayList<>();
        for (Journal.Entry entry = journal.take(); entry != null; entry = journal.take()) {
            numbers.add(number(entry));
        }
        return numbers;
    }

    private static int number(Journal.Entry entry) {
        return ByteBuffer.wrap(entry.request().body()).getInt();
    }

    private static SpanBatch decode(
            Signal signal, int wireVersion, byte[] body, long receivedUnixNanos, MemoryLease memory) {
        return new SpanBatch(List.of(), receivedUnixNanos);
    }
}
