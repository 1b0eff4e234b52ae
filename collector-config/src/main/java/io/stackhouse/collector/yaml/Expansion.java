package io.stackhouse.collector.yaml;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Puts the values of variables into a text: {@code ${env:NAME}}, {@code ${env:NAME:-default}}, {@code ${NAME}},
 * {@code ${file:path}}; {@code $$} is one dollar sign. A default may hold variables itself; a value is taken as it is.
 */
final class Expansion {
    private static final Pattern NAME = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]*");
    private static final long MAX_FILE_BYTES = 1 << 20;
    private static final int MAX_DEPTH = 16;

    private record Spot(Place place, String path) {}

    private final Variables variables;
    private final Problems problems;

    Expansion(Variables variables, Problems problems) {
        this.variables = variables;
        this.problems = problems;
    }

    String expand(String text, Place place, String path) {
        return expand(text, new Spot(place, path), 0);
    }

    /** Whether the text is one variable and nothing else. */
    static boolean isOneVariable(String text) {
        return text.startsWith("${") && closingBrace(text, 2) == text.length() - 1;
    }

    private String expand(String text, Spot spot, int depth) {
        int dollar = text.indexOf('$');
        if (dollar < 0 || depth > MAX_DEPTH) {
            return text;
        }
        StringBuilder out = new StringBuilder();
        int from = 0;
        while (dollar >= 0 && dollar + 1 < text.length()) {
            char next = text.charAt(dollar + 1);
            int end = next == '{' ? closingBrace(text, dollar + 2) : -1;
            if (next == '$') {
                out.append(text, from, dollar + 1);
                from = dollar + 2;
            } else if (end >= 0) {
                out.append(text, from, dollar).append(value(text.substring(dollar + 2, end), spot, depth));
                from = end + 1;
            } else if (next == '{') {
                error(spot, "'" + text + "' opens a variable and doesn't close it; write ${env:NAME}");
                return text;
            } else {
                out.append(text, from, dollar + 1);
                from = dollar + 1;
            }
            dollar = text.indexOf('$', from);
        }
        return out.append(text, from, text.length()).toString();
    }

    /** Position of the brace that closes the one before {@code from}, or -1. */
    private static int closingBrace(String text, int from) {
        int open = 1;
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '{') {
                open++;
            } else if (c == '}' && --open == 0) {
                return i;
            }
        }
        return -1;
    }

    private String value(String reference, Spot spot, int depth) {
        int colon = reference.indexOf(':');
        boolean bare = colon < 0 || reference.startsWith(":-", colon);
        String scheme = bare ? "env" : reference.substring(0, colon);
        String rest = bare ? reference : reference.substring(colon + 1);
        if (scheme.equals("env")) {
            return environment(rest, spot, depth);
        }
        if (scheme.equals("file")) {
            return file(rest, spot);
        }
        error(spot, "${" + reference + "}: can't read '" + scheme + "'; allowed: ${env:NAME}, ${file:PATH}");
        return "";
    }

    private String environment(String rest, Spot spot, int depth) {
        int defaultAt = rest.indexOf(":-");
        String name = defaultAt < 0 ? rest : rest.substring(0, defaultAt);
        if (!NAME.matcher(name).matches()) {
            error(spot, "'" + name + "' is no name of a variable; letters, digits and _ are allowed, no digit first");
            return "";
        }
        String value = variables.get(name);
        if (value != null && !(value.isEmpty() && defaultAt >= 0)) {
            return value;
        }
        if (defaultAt >= 0) {
            return expand(rest.substring(defaultAt + 2), spot, depth + 1);
        }
        if (value == null) {
            problems.warn(
                    spot.place(),
                    spot.path(),
                    "the variable " + name + " is not set; set it, or write ${env:" + name + ":-default}");
        }
        return "";
    }

    private String file(String name, Spot spot) {
        try {
            Path path = variables.folder().resolve(name);
            if (Files.size(path) > MAX_FILE_BYTES) {
                error(spot, path + " is longer than 1MiB; name a smaller file");
                return "";
            }
            return Files.readString(path).stripTrailing();
        } catch (IOException | InvalidPathException e) {
            error(spot, "can't read the file " + name + ": " + reason(e));
            return "";
        }
    }

    private void error(Spot spot, String message) {
        problems.error(spot.place(), spot.path(), message);
    }

    private static String reason(Exception e) {
        @Nullable String message = e.getMessage();
        return e.getClass().getSimpleName() + (message == null ? "" : " " + message);
    }
}
