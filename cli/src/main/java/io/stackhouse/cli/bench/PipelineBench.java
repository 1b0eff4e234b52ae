package io.stackhouse.cli.bench;

import io.stackhouse.cli.load.FleetRequests;
import io.stackhouse.cli.load.FleetSettings;
import io.stackhouse.cli.load.Latencies;
import io.stackhouse.cli.load.Load;
import io.stackhouse.cli.load.Load.Pace;
import io.stackhouse.cli.load.ProcessUsage;
import io.stackhouse.cli.load.RealProfile;
import io.stackhouse.cli.load.ReplayFiles;
import io.stackhouse.cli.load.Requests;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The stages of the pipeline under load: one collector for each, all of them running, so that they can take turns in each round beside the yardsticks. Those that have no turn do nothing but hand on what they
 * still hold.
 *
 * <p>One thread, and one that sends. Everything it starts ends with {@link #run}.
 */
final class PipelineBench {

    static final String PART = "pipeline";

    private static final long RECORD_MILLIS = 3_000;
    private static final int OPEN = 16;
    private static final double RAMP_SECONDS = 0.5;
    private static final double YARDSTICK_SECONDS = 0.7;
    private static final double LATENCY_RATE = 200;
    private static final double MEGA = 1e6;
    private static final long DRAIN_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long DRAIN_POLL_MILLIS = 100;

    private final BenchSettings settings;
    private final Results results;
    private final Progress progress;
    private final Requests requests;
    private final Requests small;
    private final Yardsticks yardsticks;
    private final Affinity affinity;
    private final List<Payload> payloads = new ArrayList<>();

    PipelineBench(BenchSettings settings, Results results, Progress progress) throws IOException, InterruptedException {
        this.settings = settings;
        this.results = results;
        this.progress = progress;
        this.affinity = Affinity.own();
        this.requests = FleetRequests.encode(FleetSettings.usual(settings.seed()));
        this.small = FleetRequests.encode(new FleetSettings(settings.seed(), 20, 500, 2, 0.01, 32, 1, 20, 10));
        this.yardsticks = new Yardsticks(requests);
        results.setting("load", requests.shape().text());
        results.setting("processors", "aggregate of 10 s; downsample at 50 ms");
        results.setting("load for waits", small.shape().text());
    }

    void run(Programs programs) throws IOException, InterruptedException {
        List<Target> targets = new ArrayList<>();
        Targets starter = new Targets(settings, programs, requests);
        try {
            targets.add(starter.echo());
            Targets.Store store = programs.hasClickHouse() ? starter.store() : null;
            for (Stage stage : Stage.values()) {
                if (stage != Stage.CLICKHOUSE) {
                    targets.add(starter.collector(stage, null));
                } else if (store != null) {
                    targets.add(starter.collector(stage, store));
                } else {
                    results.note("+ ClickHouse was left out: its library is not set up.");
                }
            }
            payloads.addAll(payloads());
            warmUp(targets);
            for (int round = 1; round <= settings.rounds(); round++) {
                progress.say("pipeline: round " + round + " of " + settings.rounds());
                round(targets);
                programs.requireAlive();
            }
            for (Target target : targets) {
                affinity.share(target.pid());
                results.add(PART, target.title() + ": most memory (RSS)", "MB", target.peakResidentBytes() / MEGA);
                if (target.stage() != null) {
                    boolean isStored = target.stage() == Stage.CLICKHOUSE && store != null;
                    new Settlement(target, results, progress, isStored && store != null ? store.server() : null)
                            .check();
                }
            }
            if (store != null) {
                flameGraphs(programs, targets, store);
            }
        } finally {
            targets.forEach(Target::close);
        }
    }

    private void flameGraphs(Programs programs, List<Target> targets, Targets.Store store)
            throws IOException, InterruptedException {
        FlameGraphs graphs = new FlameGraphs(settings, results, progress);
        if (!graphs.canBeTaken()) {
            return;
        }
        graphs.take(
                programs,
                store.port(),
                targets.stream().filter(target -> target.stage() != null).toList());
    }

    private void warmUp(List<Target> targets) throws IOException, InterruptedException {
        for (Target target : targets) {
            progress.say("pipeline: warming up " + target.title());
            affinity.share(target.pid());
            target.load().send(Pace.maximal(OPEN), seconds(settings.warmUpSeconds()));
        }
        yardsticks.parse(YARDSTICK_SECONDS * 2);
    }

    private void round(List<Target> targets) throws IOException, InterruptedException {
        affinity.separate(targets.get(0).pid());
        Yardsticks.Speed parse = yardsticks.parse(YARDSTICK_SECONDS);
        Yardsticks.Speed copy = yardsticks.copy(YARDSTICK_SECONDS);
        Series parseCpu =
                results.add(PART, "protobuf-java parse: CPU", "s per 1M samples", parse.cpuSecondsPerMillion());
        results.add(PART, "protobuf-java parse", "MB/s per core", parse.megabytesPerSecond());
        results.add(PART, "memory copy: CPU", "s per 1M samples", copy.cpuSecondsPerMillion());
        results.add(PART, "memory copy", "MB/s per core", copy.megabytesPerSecond());
        for (Target target : targets) {
            affinity.separate(target.pid());
            throughput(target, "one core", parseCpu);
            affinity.share(target.pid());
            throughput(target, "all cores", parseCpu);
        }
        for (Target target : targets) {
            if (target.stage() == Stage.RECEIVE) {
                for (Payload payload : payloads) {
                    payload(target, payload);
                }
                affinity.share(target.pid());
            }
        }
        Series sync = sync();
        for (Target target : targets) {
            waits(target, sync);
        }
    }

    private void throughput(Target target, String cores, Series parseCpu) throws IOException, InterruptedException {
        record(target, cores, measured(target, target.load()), parseCpu);
    }

    /** Until what was accepted is worked off: a door that takes more than the stages behind it can do is not fast. */
    private Measured measured(Target target, Load load) throws IOException, InterruptedException {
        Sending sending = new Sending(load, Pace.maximal(OPEN), seconds(RAMP_SECONDS + settings.seconds()));
        TimeUnit.NANOSECONDS.sleep(seconds(RAMP_SECONDS));
        Target.Reading before = target.read();
        sending.join();
        drain(target);
        return new Measured(before, target.read());
    }

    /** Other requests than the usual ones, at the collector that only receives. */
    private record Payload(String name, Requests requests, Yardsticks yardsticks) {

        static Payload of(String name, Requests requests) {
            return new Payload(name, requests, new Yardsticks(requests));
        }
    }

    private List<Payload> payloads() throws IOException, InterruptedException {
        List<Payload> payloads = new ArrayList<>();
        payloads.add(Payload.of("stack-heavy", FleetRequests.encode(FleetSettings.stackHeavy(settings.seed()))));
        try {
            progress.say("pipeline: recording a profile by async-profiler");
            Path file = RealProfile.record(settings.folder(), RECORD_MILLIS);
            payloads.add(Payload.of("async-profiler's", ReplayFiles.read(List.of(file))));
        } catch (IOException e) {
            results.note("No payload of async-profiler: " + e.getMessage());
        }
        payloads.forEach(payload -> results.setting(
                payload.name() + " payload", payload.requests().shape().text()));
        return payloads;
    }

    private void payload(Target target, Payload payload) throws IOException, InterruptedException {
        affinity.separate(target.pid());
        Yardsticks.Speed parse = payload.yardsticks().parse(YARDSTICK_SECONDS);
        Series parsed = results.add(
                PART, "protobuf-java parse, " + payload.name(), "MB/s per core", parse.megabytesPerSecond());
        try (Load load = target.another(payload.requests())) {
            Measured measured = measured(target, load);
            double megabytes = measured.samples() * payload.requests().shape().bytesPerSample() / MEGA;
            String title = target.title() + ", " + payload.name() + ", one core: ";
            results.add(PART, title + "bytes", "MB/s", parsed, megabytes / measured.seconds());
            results.add(PART, title + "bytes by CPU time", "MB/s", parsed, megabytes / measured.cpuSeconds());
        }
    }

    /** The difference of two readings. */
    private record Measured(Target.Reading before, Target.Reading after) {
        double samples() {
            return after.samples() - before.samples();
        }

        double seconds() {
            return (after.usage().atNanos() - before.usage().atNanos()) / (double) TimeUnit.SECONDS.toNanos(1);
        }

        double cpuSeconds() {
            return (after.usage().cpuNanos() - before.usage().cpuNanos()) / (double) TimeUnit.SECONDS.toNanos(1);
        }
    }

    private void record(Target target, String cores, Measured measured, Series parseCpu) {
        String title = target.title() + ", " + cores;
        double rate = measured.samples() / measured.seconds();
        Series echoRate = find("gRPC echo, " + cores + ": rate");
        results.add(PART, title + ": rate", "samples/s", target.stage() == null ? null : echoRate, rate);
        results.add(PART, title + ": bytes", "MB/s", rate * requests.shape().bytesPerSample() / MEGA);
        results.add(
                PART,
                title + ": CPU",
                "s per 1M samples",
                parseCpu,
                measured.cpuSeconds() / (measured.samples() / MEGA));
        ProcessUsage usage = measured.after().usage();
        results.add(
                PART,
                title + ": CPU share",
                "cores",
                usage.coresSince(measured.before().usage()));
        results.add(
                PART,
                title + ": load generator's CPU share",
                "cores",
                measured.after().own().coresSince(measured.before().own()));
        ProcessUsage storeBefore = measured.before().store();
        ProcessUsage storeAfter = measured.after().store();
        if (storeBefore != null && storeAfter != null) {
            double cpu = (storeAfter.cpuNanos() - storeBefore.cpuNanos()) / (double) TimeUnit.SECONDS.toNanos(1);
            results.add(
                    PART,
                    title + ": ClickHouse's CPU",
                    "s per 1M samples",
                    parseCpu,
                    cpu / (measured.samples() / MEGA));
        }
        if (target.stage() != null) {
            results.add(
                    PART,
                    title + ": allocated",
                    "bytes per sample",
                    (measured.after().allocatedBytes() - measured.before().allocatedBytes()) / measured.samples());
        }
    }

    private @Nullable Series find(String name) {
        return results.series().stream()
                .filter(series -> series.part().equals(PART) && series.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    private Series sync() throws IOException {
        Latencies fromBegin = new Latencies();
        Latencies fromDue = new Latencies();
        Yardsticks.sync(
                settings.folder().resolve("sync"),
                (int) small.shape().bytes(),
                LATENCY_RATE,
                settings.seconds(),
                fromBegin,
                fromDue);
        results.add(PART, "bare fdatasync: p50", "ms", fromBegin.millis(50));
        Series p99 = results.add(PART, "bare fdatasync: p99", "ms", fromBegin.millis(99));
        results.add(PART, "bare fdatasync: p99 from when it was due", "ms", fromDue.millis(99));
        results.add(PART, "bare fdatasync: max", "ms", fromBegin.maxMillis());
        return p99;
    }

    private void waits(Target target, Series sync) throws InterruptedException {
        try (Load load = target.another(small)) {
            load.send(Pace.of(LATENCY_RATE), seconds(settings.seconds()));
            Latencies waits = load.figures().latencies();
            String title = target.title() + ": wait for the answer, ";
            results.add(PART, title + "p50", "ms", waits.millis(50));
            results.add(PART, title + "p99", "ms", sync, waits.millis(99));
            results.add(PART, title + "max", "ms", waits.maxMillis());
        }
    }

    /** Waits until the journal's backlog is worked off, so that the next one has the machine for itself. */
    private void drain(Target target) throws IOException, InterruptedException {
        if (target.stage() == null) {
            return;
        }
        long end = System.nanoTime() + DRAIN_NANOS;
        while (target.processed(target.scrape()) < target.acceptedSamples()) {
            if (System.nanoTime() - end > 0) {
                results.note(String.format(
                        Locale.ROOT, "%s had not worked off what it had accepted 60 s later.", target.title()));
                return;
            }
            TimeUnit.MILLISECONDS.sleep(DRAIN_POLL_MILLIS);
        }
    }

    private static long seconds(double seconds) {
        return (long) (seconds * TimeUnit.SECONDS.toNanos(1));
    }
}
