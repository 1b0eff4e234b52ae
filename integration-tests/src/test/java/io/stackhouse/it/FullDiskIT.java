package io.stackhouse.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stackhouse.pipeline.Ack;
import io.stackhouse.pipeline.RefusedException;
import io.stackhouse.pipeline.Request;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.batch.SpanBatch;
import io.stackhouse.pipeline.log.DiskJournal;
import io.stackhouse.pipeline.log.Journal;
import io.stackhouse.pipeline.log.JournalSettings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A journal on a file system of 8 MiB that is full: for others' files, or for its own. */
class FullDiskIT {
    private static final int BODY_BYTES = 10_000;
    private static final String ACCEPTED = "accepted";

    @TempDir
    Path folder;

    private Path disk;
    private int nextNumber;
    private final List<Integer> accepted = new ArrayList<>();

    @BeforeEach
    void mount() throws Exception {
        Requirement.check("root".equals(System.getProperty("user.name")), "root, to mount a small file system");
        disk = Files.createDirectory(folder.resolve("disk"));
        run("mount", "-t", "tmpfs", "-o", "size=8m", "none", disk.toString());
    }

    @AfterEach
    void unmount() throws Exception {
        if (disk != null) {
            run("umount", disk.toString());
        }
    }

    @Test
    void refusesWhileOthersFillTheDiskAndGoesOnByItself() throws Exception {
        Path ballast = disk.resolve("ballast");
        Files.write(ballast, new byte[4 << 20]);
        try (DiskJournal journal = open()) {
            String refusal = appendUntilRefused(journal);
            assertThat(refusal).contains("can't be written").contains("No space left");
            int before = accepted.size();
            for (int i = 0; i < 200; i++) {
                append(journal);
            }
            assertThat(accepted.size() - before).as("a full disk stays full").isLessThan(10);
            assertThat(fileCount()).as("failed attempts leave no files behind").isLessThan(20);

            Files.delete(ballast);

            assertThat(append(journal)).isEqualTo(ACCEPTED);
        }
        try (DiskJournal again = open()) {
            assertThat(numbers(again)).isEqualTo(accepted);
        }
    }

    @Test
    void makesRoomOnADiskThatItsOwnFilesFill() throws Exception {
        try (DiskJournal journal = open()) {
            appendUntilRefused(journal);
            Files.write(disk.resolve("rest"), new byte[0]);
            for (int i = accepted.size(); i > 0; i--) {
                journal.release(journal.take().sequence());
            }
            Awaitility.await("delivered segments are deleted")
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> append(journal).equals(ACCEPTED));
        }
        try (DiskJournal again = open()) {
            assertThat(numbers(again)).isEqualTo(accepted.subList(accepted.size() - 1, accepted.size()));
        }
    }

    @Test
    void saysWhatToDoOnAReadOnlyDisk() throws Exception {
        run("mount", "-o", "remount,ro", disk.toString());

        assertThatThrownBy(this::open)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(disk.resolve("journal").toString())
                .hasMessageContaining("Read-only file system")
                .hasMessageContaining("journal::directory");
    }

    private DiskJournal open() {
        DiskJournal journal = DiskJournal.of(
                disk.resolve("journal"),
                JournalSettings.sized(16 << 20, 16 << 20),
                (signal, version, body, received, memory) -> new SpanBatch(List.of(), received),
                Telemetry.none());
        journal.start();
        return journal;
    }

    private String appendUntilRefused(DiskJournal journal) throws Exception {
        String answer = append(journal);
        while (answer.equals(ACCEPTED)) {
            answer = append(journal);
        }
        return answer;
    }

    private String append(DiskJournal journal) throws Exception {
        int number = nextNumber++;
        byte[] body = ByteBuffer.allocate(BODY_BYTES).putInt(number).array();
        CompletableFuture<String> answer = new CompletableFuture<>();
        Request request = new Request(Signal.TRACES, 1, body, new SpanBatch(List.of(), 0), 0, "", body.length);
        journal.append(request, new Ack() {
            @Override
            public void accepted() {
                answer.complete(ACCEPTED);
            }

            @Override
            public void refused(RefusedException reason) {
                answer.complete(reason.getMessage());
            }
        });
        String found = answer.get(10, TimeUnit.SECONDS);
        if (found.equals(ACCEPTED)) {
            accepted.add(number);
        }
        return found;
    }

    private static List<Integer> numbers(DiskJournal journal) throws InterruptedException {
        journal.seal();
        List<Integer> numbers = new ArrayList<>();
        for (Journal.Entry entry = journal.take(); entry != null; entry = journal.take()) {
            numbers.add(ByteBuffer.wrap(entry.request().body()).getInt());
        }
        return numbers;
    }

    private long fileCount() throws IOException {
        try (var files = Files.list(disk.resolve("journal"))) {
            return files.count();
        }
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).inheritIO().start();
        assertThat(process.waitFor()).as("%s", List.of(command)).isZero();
    }
}
