package io.stackhouse.agent.jvm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The JDKs of this machine by release: the one that runs the test, and those beside it. */
public final class JavaHomes {
    private static final Pattern RELEASE = Pattern.compile("JAVA_VERSION=\"(\\d+)");

    private JavaHomes() {}

    public static Map<Integer, Path> byRelease() {
        Map<Integer, Path> found = new LinkedHashMap<>();
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
        try {
            Matcher matcher = RELEASE.matcher(Files.readString(home.resolve("release")));
            if (matcher.find() && Files.isExecutable(home.resolve("bin/jcmd"))) {
                to.putIfAbsent(Integer.valueOf(matcher.group(1)), home.toRealPath());
            }
        } catch (IOException e) {
            // Not the folder of a JDK.
            return;
        }
    }
}
