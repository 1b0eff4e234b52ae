package io.stackhouse.exporter.clickhouse;

import io.stackhouse.pipeline.batch.AttributeValue;
import io.stackhouse.pipeline.batch.Attributes;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.batch.ProfileHeader;
import io.stackhouse.pipeline.batch.ProfileHeader.OriginalPayload;
import io.stackhouse.pipeline.batch.ProfileHeader.ValueType;
import io.stackhouse.pipeline.batch.Resource;
import io.stackhouse.pipeline.batch.Scope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/**
 * Made profiles of a day, the same for the same seed: 40 services of unlike size, each with two versions and some instances, that send
 * what an agent counts in 10 s. Stacks are paths down a tree of calls, 5 to 90 frames, native frames under managed ones, chosen with a
 * bias to the first; a share of the samples belongs to spans.
 */
final class StoreWorkload {
    static final int SERVICES = 40;
    static final long DAY_START_SECONDS = 86_400L;
    private static final long SECOND = 1_000_000_000L;
    private static final int WINDOW_SECONDS = 10;
    private static final int WINDOWS = 8_640;
    private static final int ROWS_PER_BATCH = 5_000;
    private static final int THREADS = 24;
    private static final long PERIOD = 52_631_578;
    private static final int ROWS_PER_TRACE = 5;
    /** On average. */
    private static final int ROWS_PER_PROFILE = 4;

    private static final ValueType CPU = new ValueType("cpu", "nanoseconds");
    private static final ValueType OFF_CPU = new ValueType("off_cpu", "nanoseconds");
    private static final Scope SCOPE = new Scope("profiler", "1.0", new Attributes(), "");

    private final Settings settings;
    private final long dayStartUnixNanos;
    private final StoreStacks[] stacks = new StoreStacks[SERVICES];

    /**
     * What is made.
     *
     * @param linkedShare of samples that belong to a span, 0 to 1
     * @param instances of each service
     */
    record Settings(long seed, int rows, double linkedShare, int instances) {}

    private record Part(int service, int number, int startWindow, int windows, int rows) {}

    /** One row before it is in a batch; ordered so that rows of one profile are together. */
    private record Row(int window, int instance, boolean isCpu, int stack, int random) implements Comparable<Row> {
        @Override
        public int compareTo(Row other) {
            int byWindow = Integer.compare(window, other.window);
            int byInstance = byWindow != 0 ? byWindow : Integer.compare(instance, other.instance);
            return byInstance != 0 ? byInstance : Boolean.compare(isCpu, other.isCpu);
        }
    }

    StoreWorkload(Settings settings, long dayStartUnixNanos) {
        this.settings = settings;
        this.dayStartUnixNanos = dayStartUnixNanos;
        for (int i = 0; i < SERVICES; i++) {
            int rows = rowsOf(i);
            stacks[i] = new StoreStacks(settings.seed() * SERVICES + i, i, Math.max(200, rows / 15));
        }
    }

    static String serviceName(int service) {
        return service == 0 ? "checkout" : "service-" + service;
    }

    /** A function that only this service calls, near the middle of its tree. */
    String someFunction(int service) {
        return stacks[service].functionName(7);
    }

    private int rowsOf(int service) {
        double all = 0;
        for (int i = 0; i < SERVICES; i++) {
            all += 1.0 / (i + 4);
        }
        return (int) (settings.rows() / all / (service + 4));
    }

    /** Gives all batches in the order of their time. */
    void forEach(Consumer<ProfileBatch> consumer) {
        List<Part> parts = new ArrayList<>();
        for (int service = 0; service < SERVICES; service++) {
            int rows = rowsOf(service);
            int count = Math.max(1, rows / ROWS_PER_BATCH);
            for (int i = 0; i < count; i++) {
                int start = (int) ((long) WINDOWS * i / count);
                int end = (int) ((long) WINDOWS * (i + 1) / count);
                parts.add(new Part(service, i, start, Math.max(1, end - start), rows / count));
            }
        }
        parts.sort((a, b) -> Integer.compare(a.startWindow(), b.startWindow()));
        for (Part part : parts) {
            consumer.accept(batch(part));
        }
    }

    private ProfileBatch batch(Part part) {
        Random random = new Random(settings.seed() * 1_000_003L + part.service() * 10_007L + part.number());
        StoreStacks ofService = stacks[part.service()];
        Row[] rows = new Row[part.rows()];
        int left = 0;
        int window = 0;
        int instance = 0;
        boolean isCpu = true;
        for (int i = 0; i < rows.length; i++) {
            if (left-- == 0) {
                left = random.nextInt(2 * ROWS_PER_PROFILE - 1);
                window = part.startWindow() + random.nextInt(part.windows());
                instance = random.nextInt(settings.instances());
                isCpu = random.nextInt(100) < 88;
            }
            int stack = (int) (ofService.count() * Math.pow(random.nextDouble(), 4));
            rows[i] = new Row(window, instance, isCpu, stack, random.nextInt());
        }
        Arrays.sort(rows);
        return new Filling(part, ofService, random).fill(rows);
    }

    /** A batch being made. */
    private final class Filling {
        private final Part part;
        private final StoreStacks.Used used;
        private final Random random;
        private final Profiles profiles = new Profiles();
        private final int[] resources = new int[settings.instances()];
        private final int[] threads = new int[THREADS];
        private final int[] threadIds = new int[THREADS];
        private long traceHigh;
        private long traceLow;
        private int linked;

        Filling(Part part, StoreStacks stacks, Random random) {
            this.part = part;
            this.random = random;
            this.used = stacks.use(profiles);
            Arrays.fill(resources, -1);
            for (int i = 0; i < THREADS; i++) {
                threads[i] = profiles.attribute("thread.name", "worker-" + part.service() % 7 + "-" + i);
                threadIds[i] = profiles.attribute("thread.id", AttributeValue.of(4_000L + i));
            }
        }

        ProfileBatch fill(Row[] rows) {
            int profile = -1;
            for (int i = 0; i < rows.length; i++) {
                if (i == 0 || rows[i].compareTo(rows[i - 1]) != 0) {
                    profile = profile(rows[i]);
                }
                int thread = Math.floorMod(rows[i].random(), THREADS);
                int stack = used.stack(rows[i].stack());
                int sample = profiles.sample(profile, stack, link(), threads[thread], threadIds[thread]);
                profiles.row(sample, value(rows[i]), 0);
            }
            int end = part.startWindow() + part.windows();
            return profiles.build(dayStartUnixNanos + (long) end * WINDOW_SECONDS * SECOND);
        }

        private long value(Row row) {
            if (!row.isCpu()) {
                return 1_000_000L + Math.floorMod(row.random() * 31L, 900_000_000L);
            }
            return PERIOD * (1 + Integer.numberOfTrailingZeros(row.random() | 1 << 6));
        }

        private int link() {
            if (random.nextDouble() >= settings.linkedShare()) {
                return 0;
            }
            if (linked++ % ROWS_PER_TRACE == 0) {
                traceHigh = random.nextLong();
                traceLow = random.nextLong();
            }
            return profiles.link(traceHigh, traceLow, traceLow * 31 + linked / 3);
        }

        private int profile(Row row) {
            if (resources[row.instance()] < 0) {
                resources[row.instance()] = profiles.resource(resource(part.service(), row.instance()));
            }
            // Each instance's clock has its own phase.
            long phase = (row.instance() * 7_919L % 10_000) * 1_000_000L;
            byte[] id = new byte[16];
            random.nextBytes(id);
            return profiles.profile(new ProfileHeader(
                    resources[row.instance()],
                    SCOPE,
                    row.isCpu() ? CPU : OFF_CPU,
                    row.isCpu() ? new ValueType("samples", "count") : OFF_CPU,
                    row.isCpu() ? CPU : ValueType.NONE,
                    row.isCpu() ? PERIOD : 0,
                    dayStartUnixNanos + (long) row.window() * WINDOW_SECONDS * SECOND + phase,
                    WINDOW_SECONDS * SECOND,
                    id,
                    0,
                    OriginalPayload.NONE,
                    new int[0]));
        }
    }

    private static Resource resource(int service, int instance) {
        String name = serviceName(service);
        String pod = name + "-6d4cf56db-" + Integer.toString(1_000_000 + instance * 7919, 36);
        Attributes attributes = new Attributes();
        attributes.put("service.name", name);
        attributes.put("service.namespace", "shop");
        attributes.put("service.version", instance % 2 == 0 ? "1.8.0" : "1.7.3");
        attributes.put("service.instance.id", pod);
        attributes.put("deployment.environment.name", "prod");
        attributes.put("k8s.cluster.name", "cluster-1");
        attributes.put("k8s.namespace.name", "shop");
        attributes.put("k8s.deployment.name", name);
        attributes.put("k8s.pod.name", pod);
        attributes.put("k8s.node.name", "node-" + instance % 50);
        attributes.put("k8s.container.name", name);
        attributes.put("host.name", "node-" + instance % 50);
        attributes.put("process.pid", 1000L + instance);
        attributes.put("process.runtime.name", "OpenJDK Runtime Environment");
        return new Resource(attributes, "");
    }
}
