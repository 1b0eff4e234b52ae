package io.stackhouse.exporter.clickhouse;

import io.stackhouse.exporter.clickhouse.ClickHouseConfig.Compress;
import io.stackhouse.pipeline.ByteSize;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.batch.Receipt;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;

/**
 * Measures rows per second and bytes per sample on generated profiles; run by hand, its output stands in the README.
 *
 * <p>40 services with 5 000 stacks each, chosen with a bias to the first ones; 15 to 45 frames out of 2 000 functions a service; 100
 * batches of 10 000 rows over an hour; 20 threads a service; one row in fifty has a trace. Decoding is not part of it.
 */
final class ExporterThroughput {
    private static final int SERVICES = 40;
    private static final int STACKS = 5_000;
    private static final int FUNCTIONS = 2_000;
    private static final int BATCHES = 100;
    private static final int ROWS = 10_000;
    private static final long SECOND = 1_000_000_000L;

    private ExporterThroughput() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path data = Files.createTempDirectory(Path.of(arguments[0]), "clickhouse");
        long now = Telemetry.none().clock().unixNanos();
        List<ProfileBatch> batches = new ArrayList<>();
        for (int i = 0; i < BATCHES; i++) {
            batches.add(batch(i % SERVICES, i, now - 3600 * SECOND + i * 36L * SECOND));
        }
        try (TestClickHouse clickHouse = new TestClickHouse(data)) {
            for (String database : new String[] {"warm_up", "lz4", "none", "lz4_again"}) {
                Compress compress = database.equals("none") ? Compress.NONE : Compress.LZ4;
                measure(clickHouse, database, compress, batches);
            }
            for (String table :
                    clickHouse.lines("SELECT name FROM system.tables WHERE database = 'lz4' AND name LIKE '%_v1'")) {
                clickHouse.lines("OPTIMIZE TABLE lz4." + table + " FINAL");
            }
            print(clickHouse.lines(
                    "SELECT table, sum(rows), sum(bytes_on_disk), round(sum(bytes_on_disk) / " + (2 * BATCHES * ROWS)
                            + ", 2) FROM system.parts WHERE database = 'lz4' AND active GROUP BY table"));
            print(clickHouse.lines("SELECT name, round(data_compressed_bytes / " + (2 * BATCHES * ROWS)
                    + ", 2) AS b FROM system.columns WHERE database = 'lz4' AND table = 'otel_profiles_samples_v1' AND b > 0"
                    + " ORDER BY b DESC"));
        }
    }

    private static void measure(
            TestClickHouse clickHouse, String database, Compress compress, List<ProfileBatch> batches)
            throws InterruptedException {
        ClickHouseConfig base = clickHouse.config(database);
        ClickHouseConfig config = new ClickHouseConfig(
                base.endpoint(),
                base.username(),
                base.password(),
                database,
                true,
                base.ttl(),
                base.tracesTableName(),
                compress,
                base.timeout(),
                base.startupTimeout(),
                base.retryOnFailure(),
                new ClickHouseConfig.SendingQueue(
                        4, new ClickHouseConfig.BatchLimits(Duration.ofSeconds(1), 100_000, ByteSize.ofMebibytes(64))),
                base.stackCacheSize(),
                base.blockLog(),
                base.tierTtl());
        try (ClickHouseExporter exporter = new ClickHouseExporter(config, Telemetry.none(), null)) {
            exporter.start();
            print(List.of(database + ", all stacks new: " + pass(exporter, batches)));
            print(List.of(database + ", all stacks known: " + pass(exporter, batches)));
        }
    }

    private static String pass(ClickHouseExporter exporter, List<ProfileBatch> batches) throws InterruptedException {
        CountDownLatch delivered = new CountDownLatch(batches.size());
        long start = System.nanoTime();
        long cpuStart = exporterCpuNanos();
        for (ProfileBatch batch : batches) {
            batch.setReceipt(new Receipt() {
                @Override
                public void delivered() {
                    delivered.countDown();
                }

                @Override
                public void dropped(String reason) {
                    throw new IllegalStateException(reason);
                }
            });
            exporter.accept(batch);
        }
        delivered.await();
        double seconds = (System.nanoTime() - start) / 1e9;
        double cpu = (exporterCpuNanos() - cpuStart) / 1e9;
        return Math.round(BATCHES * ROWS / seconds) + " rows/s, CPU of the exporter's thread for a million rows: "
                + Math.round(cpu * 1e9 / BATCHES / ROWS) / 1000.0 + " s";
    }

    private static long exporterCpuNanos() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long nanos = 0;
        for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
            if (thread != null && thread.getThreadName().startsWith("exporter-")) {
                nanos += threads.getThreadCpuTime(thread.getThreadId());
            }
        }
        return nanos;
    }

    private static ProfileBatch batch(int service, int number, long time) {
        Random random = new Random(number);
        Profiles profiles = new Profiles();
        int[] functions = new int[FUNCTIONS];
        for (int i = 0; i < FUNCTIONS; i++) {
            functions[i] = profiles.location(
                    0,
                    0,
                    List.of(new Profiles.Line(
                            profiles.function(
                                    "com.example.service" + service + ".package" + i % 50 + ".Type" + i % 300
                                            + ".method" + i,
                                    "",
                                    "Type" + i % 300 + ".java",
                                    0),
                            i % 700,
                            0)));
        }
        int[] stacks = new int[STACKS];
        Random shapes = new Random(service);
        for (int i = 0; i < STACKS; i++) {
            int[] frames = new int[15 + shapes.nextInt(31)];
            for (int f = 0; f < frames.length; f++) {
                frames[f] = functions[shapes.nextInt(FUNCTIONS)];
            }
            stacks[i] = profiles.stack(frames);
        }
        int[] threads = new int[20];
        for (int i = 0; i < threads.length; i++) {
            threads[i] = profiles.attribute("thread.name", "worker-" + i);
        }
        int profile =
                profiles.profile(TestBatches.header(profiles.resource(TestBatches.service("service" + service)), time));
        for (int i = 0; i < ROWS; i++) {
            double bias = random.nextDouble();
            int stack = stacks[(int) (STACKS * bias * bias * bias)];
            int link = random.nextInt(50) == 0
                    ? profiles.link(random.nextLong(), random.nextLong(), random.nextLong())
                    : 0;
            int sample = profiles.sample(profile, stack, link, threads[random.nextInt(threads.length)]);
            profiles.row(sample, TestBatches.PERIOD, time + i * 1_000_000L);
        }
        return profiles.build(time + 10 * SECOND);
    }

    @SuppressWarnings("SystemOut") // its output is what it is for
    private static void print(List<String> lines) {
        lines.forEach(System.out::println);
    }
}
