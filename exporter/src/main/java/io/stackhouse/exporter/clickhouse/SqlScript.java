package io.stackhouse.exporter.clickhouse;

import java.util.ArrayList;
import java.util.List;

/** Splits a file of SQL into its statements; knows strings, quoted names and comments. Stateless. */
final class SqlScript {
    private SqlScript() {}

    /** The statements without their semicolons, in order; what is only comment or blank is left out. */
    static List<String> statements(String script) {
        List<String> statements = new ArrayList<>();
        int start = 0;
        boolean hasCode = false;
        int i = 0;
        while (i < script.length()) {
            char c = script.charAt(i);
            if (c == ';') {
                add(statements, script.substring(start, i), hasCode);
                start = i + 1;
                hasCode = false;
                i++;
            } else if (script.startsWith("--", i)) {
                i = after(script, "\n", i);
            } else if (script.startsWith("/*", i)) {
                i = after(script, "*/", i + 2);
            } else if (c == '\'' || c == '`' || c == '"') {
                i = afterQuoted(script, i);
                hasCode = true;
            } else {
                hasCode |= !Character.isWhitespace(c);
                i++;
            }
        }
        add(statements, script.substring(start), hasCode);
        return statements;
    }

    private static void add(List<String> statements, String statement, boolean hasCode) {
        if (hasCode) {
            statements.add(statement.strip());
        }
    }

    private static int after(String script, String end, int from) {
        int found = script.indexOf(end, from);
        return found < 0 ? script.length() : found + end.length();
    }

    /** The place after the closing quote; a backslash takes the next character's meaning away, a doubled quote simply opens again. */
    private static int afterQuoted(String script, int open) {
        char quote = script.charAt(open);
        int i = open + 1;
        while (i < script.length() && script.charAt(i) != quote) {
            i += script.charAt(i) == '\\' ? 2 : 1;
        }
        return Math.min(i + 1, script.length());
    }
}
