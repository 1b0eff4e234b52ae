package io.stackhouse.cli.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The questions of docs/sql.md, asked of other data: services, versions, functions and times of the page are replaced by those of the load. Stateless.
 */
final class Questions {

    private static final Pattern HEADING = Pattern.compile("^#+ +(.*)$");
    private static final Pattern TIME = Pattern.compile("'\\d{4}-\\d{2}-\\d{2} \\d{2}:\\d{2}:\\d{2}'");
    private static final Pattern TRACE = Pattern.compile("'[0-9a-f]{32}'");

    private Questions() {}

    /** One of them. */
    record Question(String title, String sql) {}

    /**
     * What stands for what the page names.
     *
     * @param from the begin of the data, as {@code 2026-01-31 08:00:00}; {@code to} is their end
     */
    record Names(
            String service,
            String base,
            String other,
            String function,
            String from,
            String middle,
            String to,
            String trace) {}

    /** All blocks of SQL under their headings, but those about spans, of which the load sends none. */
    static List<Question> read(String page, Names names) {
        List<Question> questions = new ArrayList<>();
        StringBuilder sql = null;
        String title = "";
        for (String line : page.split("\n", -1)) {
            Matcher heading = HEADING.matcher(line);
            if (sql == null && heading.matches()) {
                title = heading.group(1);
            } else if (line.equals("```sql")) {
                sql = new StringBuilder();
            } else if (sql != null && line.equals("```")) {
                if (!sql.toString().contains("otel_traces")) {
                    questions.add(new Question(unique(title, questions), asked(sql.toString(), names)));
                }
                sql = null;
            } else if (sql != null) {
                sql.append(line).append('\n');
            }
        }
        return questions;
    }

    /** A heading may have several blocks. */
    private static String unique(String title, List<Question> before) {
        long same = before.stream()
                .filter(question ->
                        question.title().equals(title) || question.title().startsWith(title + " ("))
                .count();
        return same == 0 ? title : title + " (" + (same + 1) + ")";
    }

    static String asked(String sql, Names names) {
        String text = sql.replace("'shop'", "'" + names.service() + "'")
                .replace("'mail'", "'" + names.service() + "'")
                .replace("'1.7'", "'" + names.base() + "'")
                .replace("'1.8'", "'" + names.other() + "'")
                .replace("'2.0'", "'" + names.base() + "'")
                .replace("'prod'", "'load'")
                .replace("'parseJson'", "'" + names.function() + "'")
                .replace("'readCart'", "'" + names.function() + "'");
        return times(TRACE.matcher(text).replaceAll("'" + names.trace() + "'"), names);
    }

    /** The earliest time becomes the begin, the latest the end, all others the middle. */
    private static String times(String sql, Names names) {
        TreeSet<String> found = new TreeSet<>();
        Matcher matcher = TIME.matcher(sql);
        while (matcher.find()) {
            found.add(matcher.group());
        }
        return TIME.matcher(sql).replaceAll(match -> {
            String time = match.group();
            if (time.equals(found.first())) {
                return "'" + names.from() + "'";
            }
            return "'" + (time.equals(found.last()) ? names.to() : names.middle()) + "'";
        });
    }
}
