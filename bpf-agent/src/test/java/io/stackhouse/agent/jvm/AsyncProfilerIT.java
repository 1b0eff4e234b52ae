package io.stackhouse.agent.jvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stackhouse.agent.symbol.Frame;
import io.stackhouse.agent.symbol.SymbolizedStack;
import io.stackhouse.agent.testing.KernelTests;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same run of a program, profiled by async-profiler inside of it and by the agent from outside: methods have equal shares. */
class AsyncProfilerIT {
    private static final String MAIN = JavaScenes.class.getName() + ".main";
    /** Methods of at least that share are compared. */
    private static final double LEAST_SHARE = 0.05;
    /** Key of the number of samples. */
    private static final String SAMPLES = "";

    private static final Pattern LAMBDA_NUMBER = Pattern.compile("\\$\\$Lambda(\\$\\d+)?([./+]0x[0-9a-f]+)?\\.");

    @TempDir
    Path folder;

    @Test
    void agreesOnTheSharesOfMethods() throws Exception {
        KernelTests.requireRoot();
        Path library = folder.resolve("libasyncProfiler.so");
        String resource = System.getProperty("os.arch").equals("aarch64") ? "linux-arm64" : "linux-x64";
        try (InputStream in = getClass().getResourceAsStream("/" + resource + "/libasyncProfiler.so")) {
            Files.copy(in, library);
        }
        for (Map.Entry<Integer, Path> jdk : JavaHomes.byRelease().entrySet()) {
            for (String scene : List.of("computing", "lambdas")) {
                compare(jdk, library, scene);
            }
        }
    }

    private void compare(Map.Entry<Integer, Path> jdk, Path library, String scene) throws Exception {
        Path theirs = folder.resolve(scene + jdk.getKey() + ".txt");
        try (JavaProfile profile = new JavaProfile();
                JavaTarget target = new JavaTarget(jdk.getValue(), List.of(), JavaScenes.class, scene)) {
            // Both see the same seconds, when most is compiled.
            profile.run(3, List.of(target), 1);
            List<String> started =
                    target.jcmd("JVMTI.agent_load", library.toString(), "\"start,event=itimer,interval=2500us\"");
            profile.clear();
            profile.run(4, List.of(target), 300);
            Map<String, Double> ours = ours(profile, target.pid());
            List<String> stopped =
                    target.jcmd("JVMTI.agent_load", library.toString(), "\"stop,collapsed,dot,file=" + theirs + "\"");
            assertThat(Files.exists(theirs)).as("%s %s", started, stopped).isTrue();
            Map<String, Double> expected = theirs(theirs);
            double tolerance = tolerance(ours.get(SAMPLES), expected.get(SAMPLES));

            Set<String> methods = new HashSet<>(ours.keySet());
            methods.addAll(expected.keySet());
            int compared = 0;
            for (String method : methods) {
                double share = ours.getOrDefault(method, 0.0);
                double wanted = expected.getOrDefault(method, 0.0);
                if (Math.max(share, wanted) >= LEAST_SHARE && isJava(method)) {
                    System.out.printf(
                            "%d %s: %s %.3f, async-profiler %.3f, within %.3f%n",
                            jdk.getKey(), scene, method, share, wanted, tolerance);
                    assertThat(share).as("%d %s", jdk.getKey(), method).isCloseTo(wanted, within(tolerance));
                    compared++;
                }
            }
            assertThat(compared).isGreaterThanOrEqualTo(3);
        }
    }

    private static boolean isJava(String method) {
        return method.startsWith("java.util.") || method.startsWith(JavaScenes.class.getPackageName());
    }

    /** Four standard deviations of the difference of two shares of a half, and 2 % for the seconds that only one has seen. */
    private static double tolerance(double ours, double theirs) {
        return 0.02 + 4 * Math.sqrt(0.25 / ours + 0.25 / theirs);
    }

    /** Which part of the program's samples each method is in. */
    private static Map<String, Double> ours(JavaProfile profile, long pid) {
        Map<String, Double> shares = new TreeMap<>();
        double total = 0;
        for (Map.Entry<SymbolizedStack, Long> entry : profile.stacks(pid).entrySet()) {
            Set<String> names = new HashSet<>();
            for (Frame frame : entry.getKey().frames()) {
                names.add(String.valueOf(frame.function()));
            }
            total += add(names, entry.getValue(), shares);
        }
        return divided(shares, total);
    }

    private static Map<String, Double> theirs(Path collapsed) throws Exception {
        Map<String, Double> shares = new TreeMap<>();
        double total = 0;
        for (String line : Files.readAllLines(collapsed)) {
            int count = line.lastIndexOf(' ');
            Set<String> names =
                    new HashSet<>(Arrays.asList(line.substring(0, count).split(";", -1)));
            total += add(names, Long.parseLong(line.substring(count + 1)), shares);
        }
        return divided(shares, total);
    }

    private static long add(Set<String> names, long samples, Map<String, Double> to) {
        if (!names.contains(MAIN)) {
            return 0;
        }
        for (String name : names) {
            to.merge(LAMBDA_NUMBER.matcher(name).replaceAll("\\$\\$Lambda."), (double) samples, Double::sum);
        }
        return samples;
    }

    private static Map<String, Double> divided(Map<String, Double> sums, double total) {
        Map<String, Double> result = new HashMap<>();
        sums.forEach((name, sum) -> result.put(name, sum / total));
        result.put(SAMPLES, total);
        return result;
    }
}
