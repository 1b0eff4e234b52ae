package io.stackhouse.it;

import io.stackhouse.clickhouse.embedded.EmbeddedClickHouse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Numbered samples from OTLP requests through real collectors into a real ClickHouse, while at random either is killed with SIGKILL and started
 * again, connections between them are reset before and after the last byte, and the collectors' disk fills up. In the end the numbers in
 * ClickHouse are compared with those that were acknowledged.
 *
 * <p>By hand: {@code scripts/benchmark.sh delivery-kills FOLDER KILLS SEED SAMPLES COLLECTORS}.
 */
final class DeliveryCampaign implements AutoCloseable {
    static final int SAMPLES_PER_REQUEST = 500;
    private static final int CLIENTS_PER_COLLECTOR = 2;
    private static final long PAUSE_MILLIS = 25;
    private static final long READY_NANOS = TimeUnit.SECONDS.toNanos(120);
    private static final String YAML = """
            receivers:
              otlp:
                protocols:
                  http: {endpoint: "127.0.0.1:%d"}
            exporters:
              clickhouse:
                endpoint: "%s"
                timeout: 10s
                startup_timeout: 60s
                retry_on_failure: {initial_interval: 50ms, max_interval: 500ms}
                sending_queue: {num_consumers: 4, batch: {flush_timeout: 50ms, max_size: 20000}}
                block_log: {max_size: 256MiB}
            service:
              telemetry: {metrics: {level: none}}
              journal: {directory: "%s", max_size: 32MiB, max_disk_size: 256MiB}
              pipelines:
                profiles: {receivers: [otlp], exporters: [clickhouse]}
            """;

    private final Plan plan;
    private final Random random;
    private final EmbeddedClickHouse clickHouse;
    private final FaultProxy proxy;
    private final List<Seat> seats = new ArrayList<>();
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final AtomicLong nextRequest = new AtomicLong();
    private final AtomicBoolean isOver = new AtomicBoolean();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final Set<Long> acknowledged = ConcurrentHashMap.newKeySet();
    private final Object serverLock = new Object();
    private final AtomicInteger serverEnds = new AtomicInteger();
    private int serverKills;
    private int collectorKills;
    private int fullDisks;

    /**
     * What is to happen.
     *
     * @param kills of ClickHouse and of collectors together
     * @param disk a file system of limited size for the collectors; null leaves full disks out
     */
    record Plan(
            int kills,
            long seed,
            long samples,
            int collectors,
            @Nullable Path disk) {}

    /** What came of it. Requests are told by their numbers. */
    record Outcome(
            long sent,
            Set<Long> acknowledged,
            Set<Long> lost,
            Set<Long> repeated,
            Set<Long> torn,
            Set<Long> unexpected,
            long withoutStack,
            String events) {
        boolean isGood() {
            return lost.isEmpty() && repeated.isEmpty() && torn.isEmpty() && unexpected.isEmpty() && withoutStack == 0;
        }

        @Override
        public String toString() {
            return events + "; " + sent + " requests sent, " + acknowledged.size() + " acknowledged ("
                    + acknowledged.size() * (long) SAMPLES_PER_REQUEST + " samples); lost " + lost + ", repeated "
                    + repeated
                    + ", torn " + torn + ", unexpected " + unexpected + ", samples without their stack " + withoutStack;
        }
    }

    /** One collector's place, over its lives. */
    private static final class Seat {
        final Path folder;
        final Path data;
        final int port;
        int life;

        @Nullable
        CollectorProcess process;

        Seat(Path folder, Path data, int port) {
            this.folder = folder;
            this.data = data;
            this.port = port;
        }
    }

    DeliveryCampaign(Path folder, Plan plan) throws IOException {
        this.plan = plan;
        this.random = new Random(plan.seed());
        this.clickHouse = EmbeddedClickHouse.start(folder.resolve("clickhouse"));
        this.proxy = new FaultProxy(clickHouse.httpPort());
        for (int i = 0; i < plan.collectors(); i++) {
            Path data = (plan.disk() == null ? folder : plan.disk()).resolve("collector-" + i);
            Path own = Files.createDirectories(folder.resolve("collector-" + i));
            seats.add(new Seat(own, data, KillCampaign.freePorts()[0]));
        }
    }

    /** Runs all of it. */
    Outcome run() throws Exception {
        Thread keeper = new Thread(this::keepServer, "clickhouse-keeper");
        keeper.setDaemon(true);
        keeper.start();
        try {
            return sendAmidTrouble();
        } catch (Exception | AssertionError e) {
            throw new AssertionError(
                    "seed " + plan.seed() + "; ClickHouse " + (clickHouse.isAlive() ? "lives" : "has ended") + ": "
                            + clickHouse.lastOutput(),
                    e);
        } finally {
            keeper.interrupt();
            keeper.join();
        }
    }

    /** A ClickHouse that ends by itself is one kill more, and is said. */
    private void keepServer() {
        try {
            while (true) {
                synchronized (serverLock) {
                    if (!clickHouse.isAlive()) {
                        serverEnds.incrementAndGet();
                        System.out.println("ClickHouse ended by itself: " + clickHouse.lastOutput());
                        clickHouse.restart();
                    }
                }
                Thread.sleep(200);
            }
        } catch (InterruptedException e) {
            // The campaign is over.
        } catch (RuntimeException e) {
            failure.compareAndSet(null, e);
        }
    }

    private Outcome sendAmidTrouble() throws Exception {
        for (Seat seat : seats) {
            start(seat);
        }
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < seats.size() * CLIENTS_PER_COLLECTOR; i++) {
            Seat seat = seats.get(i % seats.size());
            long seed = plan.seed() * 31 + i;
            Thread client = new Thread(() -> sendUntilOver(seat, new Random(seed)), "client-" + i);
            clients.add(client);
            client.start();
        }
        try {
            while (serverKills + collectorKills < plan.kills() && failure.get() == null) {
                Thread.sleep(random.nextInt(700));
                makeTrouble();
            }
            while (acknowledged.size() * (long) SAMPLES_PER_REQUEST < plan.samples() && failure.get() == null) {
                Thread.sleep(20);
            }
        } finally {
            isOver.set(true);
        }
        for (Thread client : clients) {
            client.join();
        }
        if (failure.get() != null) {
            throw new AssertionError("a client failed", failure.get());
        }
        return outcome();
    }

    private void makeTrouble() throws Exception {
        int kind = random.nextInt(8);
        if (kind < 2) {
            synchronized (serverLock) {
                clickHouse.kill();
                serverKills++;
                Thread.sleep(random.nextInt(300));
                clickHouse.restart();
            }
        } else if (kind < 4) {
            Seat seat = seats.get(random.nextInt(seats.size()));
            seat.process.kill();
            collectorKills++;
            start(seat);
        } else if (kind < 7) {
            FaultProxy.Fault[] faults = FaultProxy.Fault.values();
            for (int i = 1 + random.nextInt(4); i > 0; i--) {
                proxy.inject(faults[random.nextInt(faults.length)]);
            }
        } else if (plan.disk() != null) {
            fillDisk();
        }
    }

    private void fillDisk() throws Exception {
        fullDisks++;
        Path ballast = plan.disk().resolve("ballast");
        try (var out = Files.newOutputStream(ballast)) {
            byte[] piece = new byte[1 << 16];
            while (true) {
                out.write(piece);
            }
        } catch (IOException e) {
            // Full: that is what was wanted.
            Thread.sleep(300 + random.nextInt(500));
        } finally {
            Files.deleteIfExists(ballast);
        }
    }

    private void start(Seat seat) throws IOException, InterruptedException {
        String yaml = YAML.formatted(seat.port, proxy.endpoint(), seat.data.resolve("journal"));
        seat.process = CollectorProcess.start(seat.folder, yaml, CollectorProcess.Place.QUICK_JIT, seat.life++);
        if (random.nextInt(4) == 0 && seat.life > 1) {
            // Killed while it starts and recovers.
            boolean unused = seat.process.awaitReady(TimeUnit.MILLISECONDS.toNanos(random.nextInt(3_000)));
            seat.process.kill();
            collectorKills++;
            start(seat);
        } else if (!seat.process.awaitReady(READY_NANOS)) {
            throw new AssertionError("the collector doesn't start: " + seat.process.output());
        }
    }

    private void sendUntilOver(Seat seat, Random clientRandom) {
        try {
            while (!isOver.get()) {
                long number = nextRequest.getAndIncrement();
                long now = System.currentTimeMillis() * 1_000_000;
                byte[] body = NumberedSamples.request(number, SAMPLES_PER_REQUEST, now);
                boolean mayGiveUp = clientRandom.nextInt(8) == 0;
                while (!post(seat, number, body) && !isOver.get() && !mayGiveUp) {
                    Thread.sleep(30);
                }
                Thread.sleep(PAUSE_MILLIS);
            }
        } catch (InterruptedException | RuntimeException | AssertionError e) {
            failure.compareAndSet(null, e);
        }
    }

    private boolean post(Seat seat, long number, byte[] body) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + seat.port + "/v1development/profiles"))
                .timeout(Duration.ofSeconds(20))
                .header("Content-Type", "application/x-protobuf")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        try {
            int status =
                    http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
            if (status == 200) {
                acknowledged.add(number);
                return true;
            }
            if (status != 503 && status != 429) {
                throw new AssertionError("a good request was answered with " + status);
            }
        } catch (IOException e) {
            // No answer: it may be there or not.
        }
        return false;
    }

    private Outcome outcome() throws IOException, InterruptedException {
        Map<Long, long[]> stored = new TreeMap<>();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
        do {
            Thread.sleep(500);
            stored = stored();
        } while (!stored.keySet().containsAll(acknowledged) && System.nanoTime() < deadline);
        // What would come a second time would come soon.
        seats.forEach(DeliveryCampaign::close);
        stored = stored();
        Set<Long> lost = new TreeSet<>(acknowledged);
        lost.removeAll(stored.keySet());
        Set<Long> repeated = new TreeSet<>();
        Set<Long> torn = new TreeSet<>();
        Set<Long> unexpected = new TreeSet<>();
        stored.forEach((request, counts) -> {
            if (counts[0] > counts[1]) {
                repeated.add(request);
            }
            if (counts[1] != SAMPLES_PER_REQUEST) {
                torn.add(request);
            }
            if (request < 0 || request >= nextRequest.get()) {
                unexpected.add(request);
            }
        });
        long withoutStack =
                Long.parseLong(sql("SELECT count() FROM otel.otel_profiles_samples WHERE (ServiceName, StackHash)"
                                + " NOT IN (SELECT ServiceName, StackHash FROM otel.otel_profiles_stacks)")
                        .strip());
        String events = "seed " + plan.seed() + ": " + serverKills + " kills of ClickHouse, which ended by itself "
                + serverEnds + " times, " + collectorKills + " of "
                + seats.size() + " collectors, " + proxy.resets() + " resets, " + fullDisks + " full disks";
        return new Outcome(nextRequest.get(), acknowledged, lost, repeated, torn, unexpected, withoutStack, events);
    }

    /** Of each request: samples, and different samples. */
    private Map<Long, long[]> stored() throws IOException, InterruptedException {
        Map<Long, long[]> stored = new TreeMap<>();
        sql("SELECT intDiv(Value, " + SAMPLES_PER_REQUEST + ") AS r, count(), uniqExact(Value)"
                        + " FROM otel.otel_profiles_samples GROUP BY r")
                .lines()
                .forEach(line -> {
                    String[] cells = line.split("\t", -1);
                    stored.put(
                            Long.parseLong(cells[0]), new long[] {Long.parseLong(cells[1]), Long.parseLong(cells[2])});
                });
        return stored;
    }

    private String sql(String query) throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(
                HttpRequest.newBuilder(clickHouse.endpoint())
                        .POST(HttpRequest.BodyPublishers.ofString(query))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new AssertionError(response.body());
        }
        return response.body();
    }

    private static void close(Seat seat) {
        try {
            seat.process.close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() throws IOException {
        for (Seat seat : seats) {
            if (seat.process != null) {
                seat.process.closeAnyhow();
            }
        }
        proxy.close();
        clickHouse.close();
    }

    public static void main(String[] arguments) throws Exception {
        if (arguments.length < 5) {
            System.err.println("usage: DeliveryCampaign FOLDER KILLS SEED SAMPLES COLLECTORS [SMALL-FILE-SYSTEM]");
            System.exit(2);
        }
        Plan plan = new Plan(
                Integer.parseInt(arguments[1]),
                Long.parseLong(arguments[2]),
                Long.parseLong(arguments[3]),
                Integer.parseInt(arguments[4]),
                arguments.length > 5 ? Path.of(arguments[5]) : null);
        boolean isGood;
        try (DeliveryCampaign campaign = new DeliveryCampaign(Files.createDirectories(Path.of(arguments[0])), plan)) {
            Outcome outcome = campaign.run();
            System.out.println(outcome);
            isGood = outcome.isGood();
        }
        System.exit(isGood ? 0 : 1);
    }
}
