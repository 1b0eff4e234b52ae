package io.stackhouse.cli.bench;

import io.stackhouse.cli.Child;
import io.stackhouse.cli.ClickHouseHttp;
import io.stackhouse.cli.load.Load.Pace;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Profiles of the collectors under full load, taken by the project's own agent, sent to another collector, stored, and drawn as flame graphs that are kept with the results. One thread.
 */
final class FlameGraphs {

    private static final int FREQUENCY = 199;
    private static final int OPEN = 16;
    private static final long STORED_WITHIN_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long POLL_MILLIS = 500;

    private final BenchSettings settings;
    private final Results results;
    private final Progress progress;

    FlameGraphs(BenchSettings settings, Results results, Progress progress) {
        this.settings = settings;
        this.results = results;
        this.progress = progress;
    }

    /** Whether this process may start the agent; says so if not. */
    boolean canBeTaken() {
        if (AgentBench.isRoot()) {
            return true;
        }
        results.note("No flame graphs were taken: sampling takes root.");
        return false;
    }

    void take(Programs programs, int clickHousePort, List<Target> targets) throws IOException, InterruptedException {
        progress.say("pipeline: profiles of the collectors under load");
        Path folder = Files.createDirectories(settings.folder().resolve("profiles"));
        Stage.Place place =
                new Stage.Place(Programs.freePort(), Programs.freePort(), Programs.freePort(), clickHousePort, folder);
        Path config = Files.writeString(folder.resolve("collector.yaml"), Stage.keeping(place));
        programs.collector("collector-of-profiles", config);
        Child agent = programs.agent("agent-of-profiles", FREQUENCY, place.grpcPort(), Programs.freePort());
        for (Target target : targets) {
            target.load().send(Pace.maximal(OPEN), TimeUnit.SECONDS.toNanos(2L * settings.seconds()));
        }
        agent.stop();
        awaitStored(new ClickHouseHttp(URI.create("http://127.0.0.1:" + clickHousePort)), targets);
        Path kept = Files.createDirectories(settings.results());
        for (Target target : targets) {
            Path file = kept.resolve("flamegraph-" + target.name() + ".html");
            try {
                programs.flameGraph(target.name(), clickHousePort, file);
                results.file(file.toString());
            } catch (IOException e) {
                results.note(String.valueOf(e.getMessage()));
            }
        }
    }

    /** Until there are samples of all of them, or no longer than that; what is missing then is said when it can't be drawn. */
    private static void awaitStored(ClickHouseHttp server, List<Target> targets)
            throws IOException, InterruptedException {
        long end = System.nanoTime() + STORED_WITHIN_NANOS;
        String sql =
                "SELECT uniqExact(ServiceName) FROM otel_profiles_samples WHERE startsWith(ServiceName, 'collector-')"
                        + " AND ServiceName != 'collector-of-profiles' AND SampleType = 'cpu'";
        long found;
        do {
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
            found = Long.parseLong(server.lines(sql, Map.of("database", ClickHouseHttp.DATABASE))
                    .get(0));
        } while (found < targets.size() && System.nanoTime() - end < 0);
    }
}
