package io.stackhouse.it;

import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.stackhouse.collector.config.TelemetryConfig;
import io.stackhouse.collector.telemetry.LogSetup;
import io.stackhouse.it.LedgerExporterFactory.Settling;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.log.DiskJournal;
import io.stackhouse.pipeline.log.Journal;
import io.stackhouse.pipeline.log.JournalSettings;
import io.stackhouse.pipeline.otlp.OtlpDecoder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * Kills a real collector with SIGKILL at random moments while clients send numbered requests, starts it again on the same folder, and
 * compares in the end what was answered with what the journal gives out.
 *
 * <p>Clients are HTTP and gRPC connections; one that had no answer sends the same request again after the restart, or gives it up, by
 * chance. A third of the kills comes before the collector is ready, while it starts and recovers; the others after a random number of
 * answers, so that there is always something on its way.
 *
 * <p>By hand: {@code scripts/benchmark.sh journal-kills FOLDER KILLS SEED RATE never|later}.
 */
final class KillCampaign {
    private static final int CONNECTIONS = 6;
    private static final long READY_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long MAX_START_NANOS = TimeUnit.MILLISECONDS.toNanos(1500);
    private static final long MAX_LIFE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long MAX_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final int MAX_ANSWERS = 400;
    private static final int MAX_BYTES = 12_000;

    private final CollectorProcess.Place place;
    private final int kills;
    private final long seed;
    private final int requestsPerSecond;
    private final AtomicLong nextNumber = new AtomicLong();
    private final AtomicLong resent = new AtomicLong();
    private final AtomicBoolean isOver = new AtomicBoolean();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final Set<Long> answered = ConcurrentHashMap.newKeySet();

    /**
     * What came of it.
     *
     * @param given what the journal gave out in the end, in its order
     * @param delivered what the ledgers of all lives have
     */
    record Outcome(Set<Long> answered, long sent, long resent, List<Long> given, Set<Long> delivered, Path journal) {
        /** Answered, and neither given out nor delivered. */
        Set<Long> lost() {
            Set<Long> lost = new HashSet<>(answered);
            given.forEach(lost::remove);
            lost.removeAll(delivered);
            return lost;
        }

        /** Given out more than once. */
        Set<Long> repeated() {
            Set<Long> seen = new HashSet<>();
            Set<Long> repeated = new HashSet<>();
            given.forEach(number -> {
                if (!seen.add(number)) {
                    repeated.add(number);
                }
            });
            return repeated;
        }

        /** Given out and never sent. */
        Set<Long> unexpected() {
            Set<Long> unexpected = new HashSet<>(given);
            unexpected.removeIf(number -> number >= 0 && number < sent);
            return unexpected;
        }
    }

    KillCampaign(Path folder, int kills, long seed, int requestsPerSecond, Settling settling) throws IOException {
        Files.createDirectories(folder);
        int[] ports = freePorts();
        this.place = new CollectorProcess.Place(folder, ports[0], ports[1], settling, CollectorProcess.Place.QUICK_JIT);
        this.kills = kills;
        this.seed = seed;
        this.requestsPerSecond = requestsPerSecond;
    }

    /** Runs all of it. */
    Outcome run() throws Exception {
        Random random = new Random(seed);
        List<Thread> senders = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            int index = i;
            Thread sender = new Thread(() -> sendUntilOver(index), "sender-" + i);
            sender.start();
            senders.add(sender);
        }
        try {
            for (int life = 0; life < kills && failure.get() == null; life++) {
                live(life, random);
            }
        } finally {
            isOver.set(true);
        }
        for (Thread sender : senders) {
            sender.join();
        }
        if (failure.get() != null) {
            throw new AssertionError("a sender failed", failure.get());
        }
        return new Outcome(answered, nextNumber.get(), resent.get(), given(), delivered(), place.journal());
    }

    private void live(int life, Random random) throws IOException, InterruptedException {
        CollectorProcess collector = CollectorProcess.start(place, life);
        try {
            boolean isKilledEarly = life > 0 && life < kills - 1 && random.nextInt(3) == 0;
            if (isKilledEarly) {
                boolean unused = collector.awaitReady((long) (random.nextDouble() * MAX_START_NANOS));
            } else if (collector.awaitReady(READY_NANOS)) {
                awaitAnswers(answered.size() + random.nextInt(MAX_ANSWERS));
                pause((long) (random.nextDouble() * MAX_PAUSE_NANOS));
            } else {
                throw new AssertionError("the collector doesn't start: " + collector.output());
            }
        } finally {
            collector.kill();
        }
        if (collector.output().contains("ERROR")) {
            throw new AssertionError("life " + life + ": " + collector.output());
        }
    }

    /** So many are answered in all; or patience has ended. */
    private void awaitAnswers(int wanted) {
        long deadline = System.nanoTime() + MAX_LIFE_NANOS;
        while (answered.size() < wanted && System.nanoTime() < deadline && failure.get() == null) {
            pause(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    private static void pause(long nanos) {
        long end = System.nanoTime() + nanos;
        for (long left = nanos; left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private void sendUntilOver(int index) {
        Random random = new Random(seed * 31 + index);
        try (NumberedClient client =
                index % 3 == 2 ? NumberedClient.grpc(place.grpcPort()) : NumberedClient.http(place.httpPort())) {
            while (!isOver.get()) {
                long number = nextNumber.getAndIncrement();
                send(client, number, NumberedRequests.request(number, random.nextInt(MAX_BYTES)), random);
                pause(TimeUnit.SECONDS.toNanos(CONNECTIONS) / requestsPerSecond);
            }
        } catch (InterruptedException | RuntimeException | AssertionError e) {
            failure.compareAndSet(null, e);
        }
    }

    private void send(NumberedClient client, long number, ExportTraceServiceRequest request, Random random)
            throws InterruptedException {
        while (!isOver.get()) {
            NumberedClient.Outcome outcome = client.send(request);
            if (outcome == NumberedClient.Outcome.ACCEPTED) {
                answered.add(number);
                return;
            }
            if (outcome == NumberedClient.Outcome.UNKNOWN && random.nextInt(4) == 0) {
                return;
            }
            resent.incrementAndGet();
            pause(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    /** What the journal gives out: opened as the collector does, nothing of it released. */
    private List<Long> given() throws InterruptedException {
        List<Long> numbers = new ArrayList<>();
        try (DiskJournal journal = DiskJournal.of(
                place.journal().resolve("traces"),
                JournalSettings.sized(4L << 30, 1L << 40),
                OtlpDecoder::decode,
                Telemetry.none())) {
            journal.start();
            journal.seal();
            for (Journal.Entry entry = journal.take(); entry != null; entry = journal.take()) {
                numbers.add(NumberedRequests.number(entry.request().body()));
            }
            if (journal.damagedRecords() > 0) {
                throw new AssertionError(journal.damagedRecords() + " damaged records");
            }
        }
        return numbers;
    }

    private Set<Long> delivered() throws IOException {
        Set<Long> numbers = new HashSet<>();
        for (int life = 0; life < kills; life++) {
            Path ledger = place.ledger(life);
            if (!Files.exists(ledger)) {
                continue;
            }
            Set<Long> ofThisLife = new HashSet<>();
            for (String line : Files.readAllLines(ledger)) {
                if (!ofThisLife.add(Long.parseLong(line))) {
                    throw new AssertionError("life " + life + " delivered " + line + " twice");
                }
            }
            if (place.settling() != Settling.NEVER) {
                numbers.addAll(ofThisLife);
            }
        }
        return numbers;
    }

    static int[] freePorts() throws IOException {
        try (ServerSocket one = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ServerSocket two = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new int[] {one.getLocalPort(), two.getLocalPort()};
        }
    }

    public static void main(String[] arguments) throws Exception {
        if (arguments.length != 5) {
            System.err.println("usage: KillCampaign FOLDER KILLS SEED RATE never|later");
            System.exit(2);
        }
        LogSetup.apply(TelemetryConfig.LogLevel.WARN);
        KillCampaign campaign = new KillCampaign(
                Path.of(arguments[0]),
                Integer.parseInt(arguments[1]),
                Long.parseLong(arguments[2]),
                Integer.parseInt(arguments[3]),
                Settling.valueOf(arguments[4].toUpperCase(Locale.ROOT)));
        Outcome outcome = campaign.run();
        System.out.printf(
                "kills %s, seed %s: %d requests sent, %d sent again, %d answered; the journal gave out %d, %d were delivered;"
                        + " lost %s, given out twice %s, unexpected %s%n",
                arguments[1],
                arguments[2],
                outcome.sent(),
                outcome.resent(),
                outcome.answered().size(),
                outcome.given().size(),
                outcome.delivered().size(),
                outcome.lost(),
                outcome.repeated(),
                outcome.unexpected());
        boolean isGood = outcome.lost().isEmpty()
                && outcome.repeated().isEmpty()
                && outcome.unexpected().isEmpty();
        System.exit(isGood ? 0 : 1);
    }
}
