package io.stackhouse.threadcontext;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The Java installations of this machine by release: the one that runs the test, and those beside it. */
final class JavaHomes {
    private static final Pattern RELEASE = Pattern.compile("JAVA_VERSION=\"(?:1\\.)?(\\d+)");

    private JavaHomes() {}

    static Map<Integer, Path> byRelease() {
        Map<Integer, Path> found = new TreeMap<>();
        add(Path.of(System.getProperty("java.home")), found);
        Path beside = Path.of("/usr/lib/jvm");
        if (Files.isDirectory(beside)) {
            try (Stream<Path> homes = Files.list(beside)) {
                homes.sorted().forEach(home -> add(home, found));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return found;
    }

    private static void add(Path home, Map<Integer, Path> to) {
        Path release = home.resolve("release");
        if (!Files.isReadable(release) || !Files.isExecutable(home.resolve("bin/java"))) {
            return;
        }
        try {
            Matcher matcher = RELEASE.matcher(Files.readString(release));
            if (matcher.find()) {
                to.putIfAbsent(Integer.valueOf(matcher.group(1)), home.toRealPath());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
