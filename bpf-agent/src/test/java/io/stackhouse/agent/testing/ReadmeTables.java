package io.stackhouse.agent.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/** Tables of a README, to compare them with what the code says. */
public final class ReadmeTables {
    /** The first column, without backquotes, of the table whose first column has this title. */
    public static Set<String> firstColumn(Path readme, String title) throws IOException {
        Set<String> cells = new TreeSet<>();
        boolean inTable = false;
        for (String line : Files.readAllLines(readme)) {
            if (!line.startsWith("|")) {
                inTable = false;
            } else if (inTable && !line.startsWith("|--") && !line.startsWith("| --")) {
                cells.add(cell(line));
            } else if (cell(line).equals(title)) {
                inTable = true;
            }
        }
        if (cells.isEmpty()) {
            throw new IllegalArgumentException(readme + " has no table with the column " + title);
        }
        return cells;
    }

    private static String cell(String line) {
        return line.split("\\|", -1)[1].strip().replace("`", "");
    }

    private ReadmeTables() {}
}
