package io.stackhouse.collector.yaml;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects what is wrong with a configuration, so that all of it is told in one go. One thread. */
public final class Problems {
    private record Line(Place place, String text) {}

    private final List<String> files = new ArrayList<>();
    private final List<Line> errors = new ArrayList<>();
    private final List<Line> warnings = new ArrayList<>();

    /** A file's name, or an option, as its places have it: problems come in the order in which these were told. */
    void source(String file) {
        if (!files.contains(file)) {
            files.add(file);
        }
    }

    /**
     * Something that is wrong.
     *
     * @param path where in the configuration's tree, keys joined by {@code ::}; empty for the whole file
     * @param message what is wrong; what is allowed
     */
    public void error(Place place, String path, String message) {
        errors.add(line(place, path, message));
    }

    /** Something that works, but is probably not meant. */
    public void warn(Place place, String path, String message) {
        warnings.add(line(place, path, message));
    }

    public int errorCount() {
        return errors.size();
    }

    /** In the order of the files and of what is in them, each {@code file:line:column: path: message}. */
    public List<String> errors() {
        return sorted(errors);
    }

    public List<String> warnings() {
        return sorted(warnings);
    }

    private static Line line(Place place, String path, String message) {
        return new Line(place, place + ": " + (path.isEmpty() ? "" : path + ": ") + message);
    }

    private List<String> sorted(List<Line> lines) {
        return lines.stream()
                .sorted(Comparator.comparingInt(
                                (Line line) -> files.indexOf(line.place().file()))
                        .thenComparing(Line::place))
                .map(Line::text)
                .distinct()
                .toList();
    }
}
