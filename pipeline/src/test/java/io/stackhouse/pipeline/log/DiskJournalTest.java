package io.stackhouse.pipeline.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stackhouse.pipeline.Ack;
import io.stackhouse.pipeline.Clock;
import io.stackhouse.pipeline.RefusedException;
import io.stackhouse.pipeline.Request;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.batch.SpanBatch;
import io.stackhouse.pipeline.log.JournalSettings.WhenFull;
import io.stackhouse.pipeline.memory.MemoryLease;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
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
        journal.release(journal.take().sequence());
        journal.release(journal.take().sequence());
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
            journal.release(entry.sequence());
        }

        assertThat(taken).isSorted().hasSize(40).doesNotHaveDuplicates();
        assertThat(journal.pendingBytes()).isZero();
    }

    @Test
    void givesOutMoreThanItsMemoryWhenItIsLetGoAndReadsThatBack() throws Exception {
        DiskJournal journal = open(SMALL);
        for (int i = 0; i < 40; i++) {
            assertThat(append(journal, i, 1000, 0)).isEqualTo("accepted");
        }

        for (int i = 0; i < 40; i++) {
            assertThat(journal.letGo(journal.take().sequence())).isTrue();
        }
        assertThat(journal.pendingBytes()).isZero();
        assertThat(journal.figures().records()).isEqualTo(40);

        for (int i : new int[] {7, 8, 39, 0}) {
            Journal.Entry again = journal.again(i);
            assertThat(again.sequence()).isEqualTo(i);
            assertThat(number(again)).isEqualTo(i);
        }
        assertThat(journal.pendingBytes()).isPositive();
        for (int i = 0; i < 40; i++) {
            journal.release(i);
        }
        assertThat(journal.pendingBytes()).isZero();
        assertThat(journal.figures().records()).isZero();
        Awaitility.await("its segments are deleted")
                .atMost(Duration.ofSeconds(10))
                .until(() -> journal.again(0) == null);
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
            journal.release(journal.take().sequence());
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
        again.close();
        DiskJournal last = open(SMALL);
        last.seal();

        assertThat(numbers(last)).as("the same bytes half an hour later").containsExactly(7, 7);
    }

    @Test
    void equalBytesOfTwoTenantsAreTwoRequestsAndKeepTheirTenants() throws Exception {
        DiskJournal journal = open(SMALL);
        for (String tenant : List.of("shop", "Büro", "shop")) {
            assertThat(append(journal, request(7, 100, 0, tenant))).isEqualTo("accepted");
        }
        assertThat(journal.duplicateRequests()).isEqualTo(1);
        journal.close();
        DiskJournal again = open(SMALL);
        again.seal();

        assertThat(again.take().request().tenant()).isEqualTo("shop");
        Request second = again.take().request();
        assertThat(second.tenant()).isEqualTo("Büro");
        assertThat(second.body()).isEqualTo(request(7, 100, 0, "").body());
        assertThat(again.take()).isNull();
    }

    @Test
    void aDuplicateWindowOfZeroKeepsEqualRequestsAsOftenAsTheyCome() throws Exception {
        DiskJournal journal = open(SMALL.with(WhenFull.REFUSE, 0, 0));
        append(journal, 7, 100, 0);
        append(journal, 7, 100, 0);
        journal.close();
        DiskJournal again = open(SMALL.with(WhenFull.REFUSE, 0, 0));
        again.seal();

        assertThat(numbers(again)).containsExactly(7, 7);
    }

    @Test
    void acceptsARequestLargerThanItsBudgetWhenNothingElseIsKept() throws Exception {
        DiskJournal journal = open(SMALL);

        assertThat(append(journal, 1, 100_000, 0)).isEqualTo("accepted");
        assertThat(append(journal, 2, 10, 0)).contains("of 65536 bytes");
        assertThat(number(journal.take())).isEqualTo(1);
    }

    @Test
    void refusesNewRequestsWhileTheOldestIsTooOld() throws Exception {
        DiskJournal journal = open(SMALL.with(WhenFull.REFUSE, 10 * MINUTES, MINUTES));
        assertThat(append(journal, 1, 10, 0)).isEqualTo("accepted");

        assertThat(append(journal, 2, 10, 2 * MINUTES))
                .contains("oldest request")
                .contains("120 s");
        journal.release(journal.take().sequence());
        assertThat(append(journal, 3, 10, 3 * MINUTES)).isEqualTo("accepted");
    }

    @Test
    void givesUpWhatIsTooOldWhenToldTo() throws Exception {
        DiskJournal journal = open(SMALL.with(WhenFull.DROP_OLDEST, 10 * MINUTES, MINUTES));
        append(journal, 1, 10, 0);
        append(journal, 2, 10, 0);
        Awaitility.await("given up").atMost(Duration.ofSeconds(10)).until(() -> journal.droppedRecords() == 2);
        append(journal, 3, 10, Clock.system().unixNanos());

        assertThat(number(journal.take())).isEqualTo(3);
    }

    @Test
    void leavesOutADamagedRecordCountsItOnceAndKeepsItsBytes() throws Exception {
        DiskJournal journal = open(SMALL);
        for (int i = 0; i < 5; i++) {
            append(journal, i, 100, 0);
        }
        journal.close();
        byte[] bytes = Files.readAllBytes(segment());
        int record = Segment.HEADER_BYTES + 2 * 168;
        bytes[record + 100] ^= 4;
        Files.write(segment(), bytes);

        DiskJournal again = open(SMALL);
        again.seal();

        assertThat(numbers(again)).containsExactly(0, 1, 3, 4);
        assertThat(again.damagedRecords()).isEqualTo(1);
        assertThat(folder.resolve("damaged-" + "0".repeat(16) + "-" + record))
                .hasBinaryContent(Arrays.copyOfRange(bytes, record, record + 168));
    }

    @Test
    void bytesOfABodyNeverPassForARecord() throws Exception {
        DiskJournal journal = open(SMALL);
        ByteBuffer forged = ByteBuffer.allocate(4 + 4 + 72).putInt(1).putInt(0);
        byte[] forgedBody = ByteBuffer.allocate(4).putInt(666).array();
        new RecordHeader(
                        RecordHeader.LAYOUT,
                        RecordHeader.TRACES,
                        1,
                        4,
                        0,
                        SegmentScanner.checksum(new byte[0], forgedBody),
                        1,
                        0,
                        new Fingerprint(6, 6),
                        0)
                .write(forged);
        forged.put(forgedBody);
        append(journal, 0, 100, 0);
        append(journal, new Request(Signal.TRACES, 1, forged.array(), new SpanBatch(List.of(), 0), 0, "", 0));
        append(journal, 2, 100, 0);
        journal.close();
        byte[] bytes = Files.readAllBytes(segment());
        bytes[Segment.HEADER_BYTES + 168 + 8] ^= 1;
        Files.write(segment(), bytes);

        DiskJournal again = open(SMALL);
        again.seal();

        assertThat(numbers(again)).containsExactly(0, 2);
    }

    @Test
    void refusesARecordOfALaterLayout() throws Exception {
        DiskJournal journal = open(SMALL);
        append(journal, 1, 10, 0);
        journal.close();
        Path segment = segment();
        byte[] bytes = Files.readAllBytes(segment);
        bytes[Segment.HEADER_BYTES + 4] = 2;
        reseal(bytes, Segment.HEADER_BYTES);
        Files.write(segment, bytes);

        assertThatThrownBy(() -> open(SMALL))
                .hasMessageContaining(segment.getFileName().toString())
                .hasMessageContaining("layout 2")
                .hasMessageContaining("at offset 64")
                .hasMessageContaining("start the version that wrote it");
        assertThat(Files.readAllBytes(segment)).as("nothing is touched").isEqualTo(bytes);
    }

    @Test
    void saysWhatToDoWhenItsFolderCannotBeMade() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));

        DiskJournal journal = DiskJournal.of(file, SMALL, DiskJournalTest::decode, Telemetry.none());

        assertThatThrownBy(journal::start)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("can't write there")
                .hasMessageContaining("journal::ack: memory");
        journal.close();
    }

    @Test
    void neverSyncsASegmentAgainWhoseSyncHasFailed() throws Exception {
        FaultyStorage storage = new FaultyStorage(new Random(1));
        DiskJournal journal = new DiskJournal(storage, "memory", SMALL, DiskJournalTest::decode, Telemetry.none());
        opened.add(journal);
        journal.start();
        assertThat(append(journal, 1, 10, 0)).isEqualTo("accepted");
        storage.failWithProbability(1);
        for (int i = 2; i < 20; i++) {
            assertThat(append(journal, i, 10, 0)).contains("can't be written");
        }
        storage.failWithProbability(0);
        assertThat(append(journal, 20, 10, 0)).isEqualTo("accepted");

        journal.seal();
        assertThat(numbers(journal)).containsExactly(1, 20);
        assertThat(storage.isSyncedAgain()).isFalse();
        assertThat(storage.list())
                .filteredOn(Segment::isSegment)
                .as("no rests of attempts")
                .hasSizeLessThan(4);
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
        Path segment = segment();
        byte[] bytes = Files.readAllBytes(segment);
        bytes[4] = 2;
        reseal(bytes, 0);
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

    /** The one segment that there is. */
    private Path segment() throws IOException {
        try (var files = Files.list(folder)) {
            return files.filter(file -> Segment.isSegment(file.getFileName().toString()))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** Makes the checksum of a header right again. */
    private static void reseal(byte[] bytes, int header) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes, header, 60);
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(header + 60, (int) checksum.getValue());
    }

    private String append(DiskJournal journal, int number, int bytes, long receivedUnixNanos)
            throws InterruptedException {
        return append(journal, request(number, bytes, receivedUnixNanos, ""));
    }

    private String append(DiskJournal journal, Request request) throws InterruptedException {
        journal.append(request, ack);
        String answer = answers.poll(10, TimeUnit.SECONDS);
        assertThat(answer).as("an answer").isNotNull();
        return answer;
    }

    private static Request request(int number, int bytes, long receivedUnixNanos, String tenant) {
        byte[] body = ByteBuffer.allocate(4 + bytes).putInt(number).array();
        return new Request(Signal.TRACES, 1, body, new SpanBatch(List.of(), 0), receivedUnixNanos, tenant, body.length);
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
