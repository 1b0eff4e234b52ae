package io.stackhouse.clickhouse.embedded;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where libchdb.so is: named by the system property {@value #PROPERTY}, else in clickhouse-embedded/node_modules of the folder that a start was made from, or of one
 * above it.
 */
final class LibraryLocation {

    static final String PROPERTY = "stackhouse.libchdb";

    static final String REMEDY = "Run ./stackhouse setup, which fetches it with npm";

    private LibraryLocation() {}

    static Optional<Path> find() {
        return find(System.getProperty(PROPERTY), Path.of(""), System.getProperty("os.arch", ""));
    }

    static Optional<Path> find(@Nullable String named, Path workingDirectory, String architecture) {
        if (named != null) {
            return Optional.of(Path.of(named).toAbsolutePath()).filter(Files::isRegularFile);
        }
        Path inside = Path.of("node_modules", "@chdb", packageFor(architecture), "libchdb.so");
        for (Path folder = workingDirectory.toAbsolutePath(); folder != null; folder = folder.getParent()) {
            Path library = folder.resolve("clickhouse-embedded").resolve(inside);
            if (Files.isRegularFile(library)) {
                return Optional.of(library);
            }
        }
        return Optional.empty();
    }

    static String missing() {
        String named = System.getProperty(PROPERTY);
        String where = named == null
                ? "no clickhouse-embedded/node_modules/@chdb/" + packageFor(System.getProperty("os.arch", ""))
                        + "/libchdb.so at or above " + Path.of("").toAbsolutePath()
                : "no file " + named + " (system property " + PROPERTY + ")";
        return "the ClickHouse library is missing: " + where + ". " + REMEDY + ".";
    }

    private static String packageFor(String architecture) {
        String name = architecture.toLowerCase(Locale.ROOT);
        return name.equals("aarch64") || name.equals("arm64") ? "lib-linux-arm64-gnu" : "lib-linux-x64-gnu";
    }
}
