package io.stackhouse.cli.bench;

import io.stackhouse.cli.Child;
import io.stackhouse.cli.load.EchoServer;
import io.stackhouse.cli.load.ProcessUsage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What the agent takes with few and many busy processes at some frequencies. The processes are shells that call a function to varied depths, at the
 * lowest priority, so that the agent isn't kept waiting by its own load; what the agent sends goes to a server in this process that forgets it.
 *
 * <p>One thread. Shells end with {@link #run}.
 */
final class AgentBench {

    static final String PART = "agent";

    private static final int[] FREQUENCIES = {19, 49, 99, 997};
    private static final int[] PROCESSES = {2, 50, 200};
    private static final long SETTLE_SECONDS = 3;
    private static final long SHORT_SECONDS = 2;
    private static final long FULL_SECONDS = 60;
    private static final long INTERVAL_WITHIN_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long POLL_MILLIS = 50;
    private static final double MEGA = 1e6;
    private static final double MICRO = 1e6;
    private static final double PERCENT = 100;
    private static final String BUSY = "f() { if [ \"$1\" -gt 0 ]; then f $(( $1 - 1 )); else i=0;"
            + " while [ $i -lt 200 ]; do i=$(( i + 1 )); done; fi; };"
            + " n=0; while :; do f $(( n % 12 )); n=$(( n + 1 )); done";

    private final BenchSettings settings;
    private final Results results;
    private final Progress progress;

    AgentBench(BenchSettings settings, Results results, Progress progress) {
        this.settings = settings;
        this.results = results;
        this.progress = progress;
    }

    static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    void run(Programs programs) throws IOException, InterruptedException {
        if (!isRoot()) {
            results.note("The agent was not measured: that takes root.");
            return;
        }
        try (EchoServer server = EchoServer.start(0)) {
            for (int frequency : FREQUENCIES) {
                int metricsPort = Programs.freePort();
                Child agent = programs.agent("agent-" + frequency, frequency, server.port(), metricsPort);
                try {
                    for (int processes : PROCESSES) {
                        measure(agent, metricsPort, processes, frequency);
                    }
                } finally {
                    agent.stop();
                }
            }
        }
    }

    /** Ends by itself some minutes later, should this process be killed. */
    private Process start() throws IOException {
        String limit = settings.isFull() ? "3600" : "120";
        return new ProcessBuilder("nice", "-n", "19", "sh", "-c", "ulimit -t " + limit + "; " + BUSY)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private void measure(Child agent, int metricsPort, int processes, int frequency)
            throws IOException, InterruptedException {
        progress.say("agent: " + frequency + " Hz, " + processes + " busy processes");
        List<Process> busy = new ArrayList<>();
        try {
            for (int i = 0; i < processes; i++) {
                busy.add(start());
            }
            TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
            for (int round = 0; round < settings.rounds(); round++) {
                round(agent, metricsPort, frequency + " Hz, " + processes + " processes: ");
            }
        } finally {
            busy.forEach(Process::destroyForcibly);
        }
    }

    private void round(Child agent, int metricsPort, String title) throws IOException, InterruptedException {
        Scrape before = Scrape.of(metricsPort);
        ProcessUsage usageBefore = ProcessUsage.of(agent.pid());
        TimeUnit.SECONDS.sleep(settings.isFull() ? FULL_SECONDS : SHORT_SECONDS);
        Scrape after = afterAnInterval(before, metricsPort);
        ProcessUsage usage = ProcessUsage.of(agent.pid());
        double runs = difference(before, after, "stackhouse_agent_bpf_runs");
        double nanos = difference(before, after, "stackhouse_agent_bpf_run_seconds") * MICRO * 1000;
        double seconds = (usage.atNanos() - usageBefore.atNanos()) / (double) TimeUnit.SECONDS.toNanos(1);
        results.add(PART, title + "BPF program", "ns per sample", runs == 0 ? Double.NaN : nanos / runs);
        results.add(
                PART, title + "samples", "per second", difference(before, after, "stackhouse_agent_samples") / seconds);
        results.add(PART, title + "CPU", "% of a core", PERCENT * usage.coresSince(usageBefore));
        results.add(PART, title + "memory (RSS)", "MB", usage.residentBytes() / MEGA);
        results.add(PART, title + "lost samples", "", difference(before, after, "stackhouse_agent_samples_lost"));
    }

    /** Figures are as of the end of the last interval; on a machine that is short of CPU one may take longer than it should. */
    private static Scrape afterAnInterval(Scrape before, int metricsPort) throws IOException, InterruptedException {
        long end = System.nanoTime() + INTERVAL_WITHIN_NANOS;
        Scrape after = Scrape.of(metricsPort);
        while (difference(before, after, "stackhouse_agent_intervals") < 1 && System.nanoTime() - end < 0) {
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
            after = Scrape.of(metricsPort);
        }
        return after;
    }

    private static double difference(Scrape before, Scrape after, String metric) {
        return after.sum(metric) - before.sum(metric);
    }
}
