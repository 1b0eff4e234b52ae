package io.stackhouse.exporter.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads tables of the module's README. */
public final class ReadmeTables {
    private ReadmeTables() {}

    /** The names in the first column of the table below {@code ### heading}. */
    public static List<String> firstColumn(String heading) throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        int at = readme.indexOf("### " + heading + "\n");
        if (at < 0) {
            throw new AssertionError("no heading '### " + heading + "' in README.md");
        }
        List<String> names = new ArrayList<>();
        for (String line : readme.substring(at).lines().skip(1).toList()) {
            if (line.startsWith("#")) {
                break;
            }
            if (line.startsWith("| `")) {
                names.add(line.substring(3, line.indexOf('`', 3)));
            }
        }
        return names;
    }
}
