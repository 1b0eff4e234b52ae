package io.stackhouse.cli.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The results as text: one table, then what moved, checks, notes and files. Stateless. */
final class ResultTable {

    private static final String[] HEAD = {"", "median", "least .. greatest", "unit", "ratio", "least .. greatest", "to"
    };
    private static final int VALUE = 1;
    private static final double WHOLE_FROM = 100;
    private static final double ONE_DIGIT_FROM = 10;

    private ResultTable() {}

    static List<String> render(Results results) {
        List<String[]> rows = new ArrayList<>();
        rows.add(HEAD);
        String part = "";
        for (Series series : results.series()) {
            if (!series.part().equals(part)) {
                part = series.part();
                rows.add(new String[] {part.toUpperCase(Locale.ROOT), "", "", "", "", "", ""});
            }
            rows.add(row(series));
        }
        List<String> lines = aligned(rows);
        lines.add("");
        lines.add(moved(results));
        for (Results.Check check : results.checks()) {
            lines.add((check.isGood() ? "good: " : "WRONG: ") + check.name() + ": " + check.detail());
        }
        lines.addAll(results.notes());
        results.files().forEach(file -> lines.add("kept: " + file));
        return lines;
    }

    private static String[] row(Series series) {
        Series.Spread spread = series.spread();
        Series.Spread ratio = series.ratio();
        Series yardstick = series.yardstick();
        return new String[] {
            "  " + series.name() + (series.hasMoved() ? " *" : ""),
            number(spread.median()),
            number(spread.min()) + " .. " + number(spread.max()),
            series.unit(),
            ratio == null ? "" : number(ratio.median()),
            ratio == null ? "" : number(ratio.min()) + " .. " + number(ratio.max()),
            ratio == null || yardstick == null ? "" : yardstick.name()
        };
    }

    private static String moved(Results results) {
        long moved = results.series().stream()
                .filter(series -> series.ratio() != null && series.hasMoved())
                .count();
        long ratios = results.series().stream()
                .filter(series -> series.ratio() != null)
                .count();
        return "* moved more than 10 % between rounds: " + moved + " of " + ratios
                + " ratios. Figures without a ratio follow the machine and its other load.";
    }

    /** Three digits that say something. */
    static String number(double value) {
        if (Double.isNaN(value)) {
            return "-";
        }
        double size = Math.abs(value);
        if (size >= WHOLE_FROM || (value == Math.rint(value) && size >= 1)) {
            return String.format(Locale.ROOT, "%,.0f", value);
        }
        if (size >= ONE_DIGIT_FROM) {
            return String.format(Locale.ROOT, "%.1f", value);
        }
        return String.format(Locale.ROOT, size >= 1 || size == 0 ? "%.2f" : "%.3f", value);
    }

    private static List<String> aligned(List<String[]> rows) {
        int[] widths = new int[HEAD.length];
        for (String[] row : rows) {
            for (int i = 0; i < row.length; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        }
        List<String> lines = new ArrayList<>();
        for (String[] row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < row.length; i++) {
                String blanks = " ".repeat(widths[i] - row[i].length());
                boolean isNumber = i == VALUE || i == VALUE + 1 || i == VALUE + 3 || i == VALUE + 4;
                line.append(isNumber ? blanks + row[i] : row[i] + blanks).append("  ");
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }
}
