package io.stackhouse.cli.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One figure, with a value for each round. One thread.
 */
final class Series {

    /** From here on a ratio is said to have moved: its range, as a share of its median. */
    static final double MOVED = 0.1;

    private final String part;
    private final String name;
    private final String unit;
    private final @Nullable Series yardstick;
    private final List<Double> values = new ArrayList<>();

    /**
     * A figure without values.
     *
     * @param yardstick what it is compared with, round by round, if with anything
     */
    Series(String part, String name, String unit, @Nullable Series yardstick) {
        this.part = part;
        this.name = name;
        this.unit = unit;
        this.yardstick = yardstick;
    }

    void add(double value) {
        values.add(value);
    }

    String part() {
        return part;
    }

    String name() {
        return name;
    }

    String unit() {
        return unit;
    }

    @Nullable
    Series yardstick() {
        return yardstick;
    }

    List<Double> values() {
        return List.copyOf(values);
    }

    Spread spread() {
        return Spread.of(values);
    }

    /** Of the values of each round by those of the yardstick in it; null without a yardstick, or when it was not measured in as many rounds. */
    @Nullable
    Spread ratio() {
        if (yardstick == null || yardstick.values.size() != values.size() || values.isEmpty()) {
            return null;
        }
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            ratios.add(values.get(i) / yardstick.values.get(i));
        }
        return Spread.of(ratios);
    }

    /** Whether the ratio, or the value where there is no ratio, differs more than it should between rounds. */
    boolean hasMoved() {
        Spread ratio = ratio();
        Spread spread = ratio == null ? spread() : ratio;
        return spread.max() - spread.min() > MOVED * Math.abs(spread.median());
    }

    /**
     * The middle of some values, and how far they are apart.
     *
     * @param median of an even number of values: the mean of the two in the middle
     */
    record Spread(double median, double min, double max) {

        static Spread of(List<Double> values) {
            if (values.isEmpty()) {
                return new Spread(Double.NaN, Double.NaN, Double.NaN);
            }
            List<Double> sorted = new ArrayList<>(values);
            Collections.sort(sorted);
            int middle = sorted.size() / 2;
            double median =
                    sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
            return new Spread(median, sorted.get(0), sorted.get(sorted.size() - 1));
        }
    }
}
