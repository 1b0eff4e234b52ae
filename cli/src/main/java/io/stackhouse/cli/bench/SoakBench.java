package io.stackhouse.cli.bench;

import io.stackhouse.cli.load.FleetRequests;
import io.stackhouse.cli.load.FleetSettings;
import io.stackhouse.cli.load.Load.Pace;
import io.stackhouse.cli.load.ProcessUsage;
import io.stackhouse.cli.load.Requests;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Full load for long: whether a collector with a journal, processors and ClickHouse behind it keeps its rate and its memory.
 *
 * <p>One thread, and one that sends. Everything it starts ends with {@link #run}.
 */
final class SoakBench {

    static final String PART = "soak";

    private static final int OPEN = 16;
    private static final int READINGS = 120;
    private static final int READINGS_PER_MESSAGE = 10;
    private static final int QUARTERS = 4;
    private static final double MOST_GROWTH = 1.1;
    private static final double MEGA = 1e6;
    private static final double NANOS = 1e9;

    private final BenchSettings settings;
    private final Results results;
    private final Progress progress;
    private final Requests requests;

    SoakBench(BenchSettings settings, Results results, Progress progress) {
        this.settings = settings;
        this.results = results;
        this.progress = progress;
        this.requests = FleetRequests.encode(FleetSettings.usual(settings.seed()));
    }

    void run(Programs programs) throws IOException, InterruptedException {
        if (!programs.hasClickHouse()) {
            results.note("There was no soak: the library of ClickHouse is not set up.");
            return;
        }
        Targets targets = new Targets(settings, programs, requests);
        Targets.Store store = targets.store();
        try (Target target = targets.collector(Stage.CLICKHOUSE, store)) {
            results.setting("soak", settings.soakSeconds() + " s of full load, after a warm-up");
            progress.say("soak: warming up");
            target.load().send(Pace.maximal(OPEN), TimeUnit.SECONDS.toNanos(settings.warmUpSeconds()));
            Sending sending =
                    new Sending(target.load(), Pace.maximal(OPEN), TimeUnit.SECONDS.toNanos(settings.soakSeconds()));
            Target.Reading before = target.read();
            for (int reading = 1; reading <= READINGS; reading++) {
                TimeUnit.MILLISECONDS.sleep(TimeUnit.SECONDS.toMillis(settings.soakSeconds()) / READINGS);
                programs.requireAlive();
                Target.Reading after = target.read();
                record(before, after);
                if (reading % READINGS_PER_MESSAGE == 0) {
                    progress.say(String.format(
                            Locale.ROOT,
                            "soak: %d of %d readings; memory %.0f MB",
                            reading,
                            READINGS,
                            after.usage().residentBytes() / MEGA));
                }
                before = after;
            }
            sending.join();
            compareQuarters(target);
            new Settlement(target, results, progress, store.server()).check();
        }
    }

    private void record(Target.Reading before, Target.Reading after) {
        double seconds = (after.usage().atNanos() - before.usage().atNanos()) / NANOS;
        double samples = Math.max(1, after.samples() - before.samples());
        results.add(PART, "rate", "samples/s", samples / seconds);
        results.add(PART, "CPU", "s per 1M samples", cpuSeconds(before.usage(), after.usage()) / (samples / MEGA));
        results.add(
                PART, "allocated", "bytes per sample", (after.allocatedBytes() - before.allocatedBytes()) / samples);
        results.add(PART, "memory (RSS)", "MB", after.usage().residentBytes() / MEGA);
        ProcessUsage storeBefore = before.store();
        ProcessUsage storeAfter = after.store();
        if (storeBefore != null && storeAfter != null) {
            results.add(
                    PART,
                    "ClickHouse's CPU",
                    "s per 1M samples",
                    cpuSeconds(storeBefore, storeAfter) / (samples / MEGA));
            results.add(PART, "ClickHouse's memory (RSS)", "MB", storeAfter.residentBytes() / MEGA);
        }
    }

    /** The first quarter is left out: in it code is compiled, and pools and caches are filled. */
    private void compareQuarters(Target target) {
        for (Series series : results.series()) {
            if (series.part().equals(PART)
                    && (series.name().equals("rate") || series.unit().equals("MB"))) {
                results.add(PART, series.name() + ": last quarter by second", "times", growth(series.values()));
            }
        }
        double growth = results.series().stream()
                .filter(series -> series.part().equals(PART) && series.name().equals("memory (RSS)"))
                .mapToDouble(series -> growth(series.values()))
                .findFirst()
                .orElseThrow();
        results.check(
                "a collector's memory stays what it is under full load",
                growth <= MOST_GROWTH,
                String.format(
                        Locale.ROOT,
                        "the last quarter's median is %.3f times the second's; %.0f MB at most",
                        growth,
                        target.peakResidentBytes() / MEGA));
    }

    /** Of medians. */
    static double growth(List<Double> values) {
        int quarter = values.size() / QUARTERS;
        double second = Series.Spread.of(values.subList(quarter, 2 * quarter)).median();
        double last = Series.Spread.of(values.subList(values.size() - quarter, values.size()))
                .median();
        return last / second;
    }

    private static double cpuSeconds(ProcessUsage before, ProcessUsage after) {
        return (after.cpuNanos() - before.cpuNanos()) / NANOS;
    }
}
