package io.stackhouse.it;

import io.stackhouse.collector.config.TelemetryConfig;
import io.stackhouse.collector.telemetry.LogSetup;
import io.stackhouse.pipeline.Ack;
import io.stackhouse.pipeline.RefusedException;
import io.stackhouse.pipeline.Request;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.batch.SpanBatch;
import io.stackhouse.pipeline.log.DiskJournal;
import io.stackhouse.pipeline.log.JournalSettings;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Measures how long a journal of a given size takes to start, beside a plain sequential read of the same files in the same run; both with
 * the files in the page cache and, as far as {@code dd iflag=nocache} drops them, without.
 *
 * <p>By hand: {@code scripts/benchmark.sh journal-recovery FOLDER MEGABYTES BODY-BYTES}.
 */
final class JournalRecovery {
    private static final int MAX_WAITING = 256;
    private static final int READ_BYTES = 1 << 20;

    private JournalRecovery() {}

    public static void main(String[] arguments) throws Exception {
        LogSetup.apply(TelemetryConfig.LogLevel.WARN);
        Path folder = Path.of(arguments[0]).resolve("recovery");
        long bytes = Long.parseLong(arguments[1]) << 20;
        int bodyBytes = Integer.parseInt(arguments[2]);
        fill(folder, bytes, bodyBytes);
        for (boolean isCached : new boolean[] {true, true, false, false}) {
            prepare(folder, isCached);
            long plainNanos = read(folder);
            prepare(folder, isCached);
            ThreadMXBean threads = ManagementFactory.getThreadMXBean();
            long cpuStart = threads.getCurrentThreadCpuTime();
            long start = System.nanoTime();
            DiskJournal journal = journal(folder);
            journal.start();
            long nanos = System.nanoTime() - start;
            long cpuNanos = threads.getCurrentThreadCpuTime() - cpuStart;
            long found = journal.diskBytes();
            journal.close();
            System.out.printf(
                    "%s: plain read %.2f s, recovery of %d bytes %.2f s, of them CPU %.2f s%n",
                    isCached ? "in the page cache" : "dropped from the page cache",
                    seconds(plainNanos),
                    found,
                    seconds(nanos),
                    seconds(cpuNanos));
        }
    }

    private static double seconds(long nanos) {
        return nanos / (double) TimeUnit.SECONDS.toNanos(1);
    }

    private static DiskJournal journal(Path folder) {
        return DiskJournal.of(
                folder,
                JournalSettings.sized(64L << 30, 64L << 20),
                (signal, version, body, received, memory) -> new SpanBatch(List.of(), received),
                Telemetry.none());
    }

    private static void fill(Path folder, long bytes, int bodyBytes) throws InterruptedException {
        Random random = new Random(1);
        Semaphore places = new Semaphore(MAX_WAITING);
        Ack ack = new Ack() {
            @Override
            public void accepted() {
                places.release();
            }

            @Override
            public void refused(RefusedException reason) {
                throw new IllegalStateException(reason);
            }
        };
        try (DiskJournal journal = journal(folder)) {
            journal.start();
            long records = 0;
            while (journal.diskBytes() < bytes) {
                byte[] body = new byte[bodyBytes];
                random.nextBytes(body);
                places.acquire();
                journal.append(
                        new Request(
                                Signal.TRACES,
                                1,
                                body,
                                new SpanBatch(List.of(), 0),
                                Telemetry.none().clock().unixNanos(),
                                "",
                                bodyBytes),
                        ack);
                records++;
            }
            places.acquire(MAX_WAITING);
            System.out.printf(
                    "%d records of %d bytes, %d bytes of segments%n", records, bodyBytes, journal.diskBytes());
        }
    }

    private static List<Path> segments(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().startsWith("segment-"))
                    .sorted()
                    .toList();
        }
    }

    private static void prepare(Path folder, boolean isCached) throws IOException, InterruptedException {
        for (Path segment : segments(folder)) {
            if (isCached) {
                long unused = read(folder);
                return;
            }
            Process dd = new ProcessBuilder("dd", "if=" + segment, "iflag=nocache", "count=0", "status=none")
                    .inheritIO()
                    .start();
            if (dd.waitFor() != 0) {
                throw new IllegalStateException("dd can't drop " + segment + " from the page cache");
            }
        }
    }

    private static long read(Path folder) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(READ_BYTES);
        long start = System.nanoTime();
        for (Path segment : segments(folder)) {
            try (FileChannel channel = FileChannel.open(segment)) {
                while (channel.read(buffer.clear()) >= 0) {
                    // Only read.
                }
            }
        }
        return System.nanoTime() - start;
    }
}
