package io.stackhouse.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the agent saw of real programs stands in ClickHouse: names, shares, and as much CPU time as the kernel accounted. */
class ProfilesEndToEndIT {
    private static final String SAMPLES_WITH_FRAMES =
            "(SELECT s.ServiceName AS Service, s.Value AS Value, k.Frames AS Frames,"
                    + " k.FrameTypes AS Types FROM otel_profiles_samples s ANY LEFT JOIN"
                    + " (SELECT StackHash, Frames, FrameTypes FROM otel_profiles_stacks) k USING StackHash)";
    private static final int BURN_MILLIS = 12_000;

    @TempDir
    static Path folder;

    private static Deployment deployment;
    private static String shares;
    private static final Map<String, Double> CPU_SECONDS = new TreeMap<>();

    @BeforeAll
    static void profileRealPrograms() throws Exception {
        Requirement.root();
        deployment = Deployment.start(folder);
        Part agent = deployment.startAgent("--interval", "5s");
        Path sources = ProjectFiles.root().resolve("integration-tests/src/test");
        Path burn = Target.compile(sources.resolve("c/burn.c"), folder);
        String millis = Integer.toString(BURN_MILLIS);
        shares = run("it-c", List.of(burn.toString(), millis, "wait"));
        run("it-python", List.of("python3", sources.resolve("python/burn.py").toString(), millis));
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        run("it-java", List.of(java, sources.resolve("java-programs/Burn.java").toString(), millis));
        try (Target shortLived = Target.start("it-short", List.of(burn.toString(), "300"))) {
            shortLived.awaitLine();
        }
        agent.close();
        Awaitility.await("the last interval in ClickHouse")
                .atMost(Duration.ofSeconds(30))
                .until(() ->
                        deployment.number("SELECT count() FROM otel_profiles_samples WHERE ServiceName = 'it-short'")
                                > 0);
    }

    @AfterAll
    static void close() {
        if (deployment != null) {
            deployment.close();
        }
    }

    @Test
    void namesBothFunctionsOfACProgramWithTheirShares() {
        double seventy = share("burn_seventy");
        double thirty = share("burn_thirty");

        System.out.printf("C program: own clock %s, profile %.4f %.4f%n", shares, seventy, thirty);
        assertThat(seventy).isCloseTo(Double.parseDouble(shares.split(" ")[0]), within(0.05));
        assertThat(thirty).isCloseTo(Double.parseDouble(shares.split(" ")[1]), within(0.05));
        assertThat(seventy).isCloseTo(0.7, within(0.05));
        assertThat(thirty).isCloseTo(0.3, within(0.05));
    }

    @Test
    void countsAsMuchCpuTimeAsTheKernelDid() {
        CPU_SECONDS.forEach((service, expected) -> {
            double measured = deployment.number(
                    "SELECT sum(Value) / 1e9 FROM otel_profiles_samples WHERE ServiceName = '" + service + "'");
            System.out.printf(
                    "%s: /proc %.2f s, profile %.2f s (%+.1f %%)%n",
                    service, expected, measured, 100 * (measured / expected - 1));
            assertThat(measured).as(service).isCloseTo(expected, within(0.05 * expected));
        });
    }

    @Test
    void namesKernelFrames() {
        List<String> kernel = deployment.sql("SELECT DISTINCT f.1 FROM " + SAMPLES_WITH_FRAMES
                + " ARRAY JOIN arrayZip(Frames, Types) AS f WHERE Service = 'it-python' AND f.2 = 'kernel'");

        assertThat(kernel).contains("vfs_read");
        assertThat(kernel).allMatch(name -> !name.contains("+0x"), "a name and not an address");
    }

    @Test
    void namesAProgramThatLives300Milliseconds() {
        assertThat(deployment.sql("SELECT DISTINCT f FROM " + SAMPLES_WITH_FRAMES
                        + " ARRAY JOIN Frames AS f WHERE Service = 'it-short'"))
                .contains("burn_seventy", "main");
    }

    @Test
    void tellsWhichProcessAndHostASampleCameFrom() {
        assertThat(deployment.sql("SELECT DISTINCT mapContains(ResourceAttributes, 'process.creation.time'),"
                        + " mapContains(ResourceAttributes, 'host.name'), mapContains(ResourceAttributes, 'os.type'),"
                        + " ResourceAttributes['process.executable.name'] FROM otel_profiles_resources"
                        + " WHERE ServiceName = 'it-c'"))
                .containsExactly("1\t1\t1\tburn");
    }

    @Test
    void runsEveryQueryOfTheReadme() throws Exception {
        String readme = Files.readString(ProjectFiles.root().resolve("README.md"));
        List<String> queries = Pattern.compile("```sql\\n(.*?)```", Pattern.DOTALL)
                .matcher(readme)
                .results()
                .map(found -> found.group(1))
                .toList();

        assertThat(queries).hasSizeGreaterThanOrEqualTo(5);
        // The services of the README are renamed to one that ran here, so that each has something to answer.
        assertThat(queries)
                .allSatisfy(query -> assertThat(deployment.sql(query.replaceAll("'(copy|report-job)'", "'it-python'")))
                        .isNotEmpty());
    }

    private static double share(String function) {
        return deployment.number("SELECT sumIf(Value, Frames[1] = '" + function + "') / sum(Value) FROM "
                + SAMPLES_WITH_FRAMES + " WHERE Service = 'it-c'");
    }

    private static String run(String service, List<String> command) {
        try (Target target = Target.start(service, command)) {
            String line = target.awaitLine();
            CPU_SECONDS.put(service, target.cpuSeconds());
            return line;
        }
    }
}
