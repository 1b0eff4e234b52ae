package io.stackhouse.cli.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All figures of a run in the order in which they were first measured, what was checked, and what is to be said. One thread. */
final class Results {

    private final Map<String, Series> series = new LinkedHashMap<>();
    private final Map<String, String> settings = new LinkedHashMap<>();
    private final List<Check> checks = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final List<String> files = new ArrayList<>();

    /** Something that must be so. */
    record Check(String name, boolean isGood, String detail) {}

    /** Adds a value of a round. */
    Series add(String part, String name, String unit, double value) {
        return add(part, name, unit, null, value);
    }

    /**
     * Adds a value of a round.
     *
     * @param yardstick what it is compared with; the same in each round
     */
    Series add(String part, String name, String unit, @Nullable Series yardstick, double value) {
        Series figure = series.computeIfAbsent(part + "\t" + name, key -> new Series(part, name, unit, yardstick));
        figure.add(value);
        return figure;
    }

    void setting(String name, String value) {
        settings.put(name, value);
    }

    void check(String name, boolean isGood, String detail) {
        checks.add(new Check(name, isGood, detail));
    }

    /** A sentence for the reader. */
    void note(String text) {
        notes.add(text);
    }

    /** A file that was kept. */
    void file(String path) {
        files.add(path);
    }

    List<Series> series() {
        return List.copyOf(series.values());
    }

    Map<String, String> settings() {
        return Collections.unmodifiableMap(settings);
    }

    List<Check> checks() {
        return List.copyOf(checks);
    }

    List<String> notes() {
        return List.copyOf(notes);
    }

    List<String> files() {
        return List.copyOf(files);
    }

    boolean isGood() {
        return checks.stream().allMatch(Check::isGood);
    }
}
