package io.stackhouse.agent.jvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stackhouse.agent.symbol.Frame;
import io.stackhouse.agent.testing.KernelTests;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Unchanged JVMs with default flags: whole, named stacks. */
class JavaStacksIT {
    private static final double COMPLETE = 0.97;
    private static final double NAMED = 0.98;
    private static final long FEWEST_SAMPLES = 150;
    private static final int VIRTUAL_THREADS_RELEASE = 21;

    @BeforeAll
    static void root() {
        KernelTests.requireRoot();
    }

    @ParameterizedTest
    @CsvSource({
        "computing,  -XX:+UseG1GC, compute",
        "computing,  -Xint,        compute",
        "allocating, -XX:+UseG1GC, allocate",
        "allocating, -XX:+UseZGC,  allocate",
        "lambdas,    -XX:+UseG1GC, lambdas",
        "virtual,    -XX:+UseG1GC, computeAndPark"
    })
    void seesWholeNamedStacks(String scene, String flag, String method) throws Exception {
        List<JavaTarget> targets = new ArrayList<>();
        try (JavaProfile profile = new JavaProfile()) {
            for (Map.Entry<Integer, Path> jdk : JavaHomes.byRelease().entrySet()) {
                if (!scene.equals("virtual") || jdk.getKey() >= VIRTUAL_THREADS_RELEASE) {
                    targets.add(new JavaTarget(jdk.getValue(), List.of(flag), JavaScenes.class, scene));
                }
            }
            KernelTests.require(!targets.isEmpty(), "needs a JDK of release " + VIRTUAL_THREADS_RELEASE);
            // Until the JVMs are found, and much of what they do is compiled.
            profile.run(2, targets, 1);
            profile.clear();
            profile.run(3, targets, FEWEST_SAMPLES);
            for (JavaTarget target : targets) {
                expectWholeStacks(profile, target.pid(), scene + " " + flag, method);
            }
        } finally {
            targets.forEach(JavaTarget::close);
        }
    }

    private static void expectWholeStacks(JavaProfile profile, long pid, String what, String method) {
        long samples = profile.javaSamples(pid);
        double complete = (double) profile.completeJavaSamples(pid) / samples;
        double named = profile.named(pid);
        String wanted = JavaScenes.class.getName() + "." + method;
        double inMethod = (double) profile.samplesWith(pid, f -> wanted.equals(f.function())) / samples;
        System.out.printf(
                "%s, pid %d: %d Java samples, complete %.2f %%, named %.2f %%, in %s %.2f %%; %d ns per sample of all processes%n",
                what, pid, samples, 100 * complete, 100 * named, method, 100 * inMethod, profile.nanosPerRun());
        assertThat(samples).as(what).isGreaterThanOrEqualTo(FEWEST_SAMPLES);
        assertThat(complete).as(what).isGreaterThanOrEqualTo(COMPLETE);
        assertThat(named).as(what).isGreaterThanOrEqualTo(NAMED);
        // The rest are the compiler's and collector's own, and Java code that starts the program.
        assertThat(inMethod).as(what).isGreaterThan(0.5);
    }

    @Test
    void givesLinesTheirShares() throws Exception {
        for (Map.Entry<Integer, Path> jdk : JavaHomes.byRelease().entrySet()) {
            for (String flag : List.of("-XX:-DebugNonSafepoints", "-XX:+DebugNonSafepoints")) {
                List<String> flags = List.of("-XX:+UnlockDiagnosticVMOptions", flag);
                try (JavaProfile profile = new JavaProfile();
                        JavaTarget target = new JavaTarget(jdk.getValue(), flags, JavaScenes.class, "shares")) {
                    profile.run(1, List.of(target), 1);
                    profile.clear();
                    profile.run(3, List.of(target), 2 * FEWEST_SAMPLES);
                    String method = JavaScenes.class.getName() + ".shares";
                    double both = profile.samplesWith(target.pid(), f -> method.equals(f.function()));
                    int first = firstLine(profile, target.pid(), method);
                    double inFirst = profile.samplesWith(target.pid(), f -> isLine(f, method, first));
                    double inSecond = profile.samplesWith(target.pid(), f -> isLine(f, method, first + 1));

                    assertThat(both).isGreaterThanOrEqualTo(FEWEST_SAMPLES);
                    assertThat(inFirst / both).isCloseTo(0.7, within(0.1));
                    assertThat(inSecond / both).isCloseTo(0.3, within(0.1));
                }
            }
        }
    }

    private static boolean isLine(Frame frame, String method, int line) {
        return method.equals(frame.function()) && frame.line() == line && "JavaScenes.java".equals(frame.file());
    }

    private static int firstLine(JavaProfile profile, long pid, String method) {
        int[] lowest = {Integer.MAX_VALUE};
        long unused = profile.samplesWith(pid, f -> {
            if (method.equals(f.function()) && f.line() > 0) {
                lowest[0] = Math.min(lowest[0], f.line());
            }
            return false;
        });
        return lowest[0];
    }
}
