package io.stackhouse.cli;

import java.util.ArrayList;
import java.util.List;

/** Lays the hottest functions out as text of a given width. */
final class HotTable {

    static final int DEFAULT_COLUMNS = 120;

    private static final int MIN_COLUMNS = 60;
    private static final int MAX_SERVICE = 32;
    private static final int PERCENT_COLUMNS = 18;
    private static final String GAP = "  ";

    private HotTable() {}

    static List<String> render(List<HotFunction> functions, int columns) {
        int width = Math.max(columns, MIN_COLUMNS);
        int service = "SERVICE".length();
        for (HotFunction each : functions) {
            service = Math.max(
                    service, Math.min(MAX_SERVICE, printable(each.service()).length()));
        }
        int function = width - service - PERCENT_COLUMNS - 2 * GAP.length();
        List<String> lines = new ArrayList<>(functions.size() + 1);
        lines.add(line("SERVICE", service, "FUNCTION", function, " SELF %", "TOTAL %"));
        for (HotFunction each : functions) {
            lines.add(line(
                    each.service(),
                    service,
                    each.function(),
                    function,
                    percent(each.selfPercent()),
                    percent(each.totalPercent())));
        }
        return lines;
    }

    private static String line(
            String service, int serviceWidth, String function, int functionWidth, String self, String total) {
        return pad(service, serviceWidth) + GAP + pad(function, functionWidth) + GAP + "  " + self + "  " + total;
    }

    private static String percent(double value) {
        return String.format(java.util.Locale.ROOT, "%7.2f", value);
    }

    private static String pad(String text, int width) {
        String shown = printable(text);
        if (shown.length() > width) {
            return shown.substring(0, width - 1) + "…";
        }
        return shown + " ".repeat(width - shown.length());
    }

    /** Names come from processes' own files: no control character of theirs may reach the terminal. */
    private static String printable(String text) {
        StringBuilder shown = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            shown.append(Character.isISOControl(c) ? '?' : c);
        }
        return shown.toString();
    }
}
