package io.stackhouse.pipeline.batch;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Rows to be added to a dictionary's attribute table, equal ones once. One thread, one batch; what is made of it may be given
 * away.
 */
public final class AttributeRows {
    private final Dictionary dictionary;
    private final List<String> keys = new ArrayList<>();
    private final List<AttributeValue> values = new ArrayList<>();
    private final List<String> units = new ArrayList<>();
    private final Map<Row, Integer> known = new HashMap<>();

    private record Row(String key, AttributeValue value, String unit) {}

    public AttributeRows(Dictionary dictionary) {
        this.dictionary = dictionary;
    }

    /** The row's index in the dictionary that {@link #dictionary} will return. */
    public int add(String key, AttributeValue value, String unit) {
        int next = count();
        Integer before = known.putIfAbsent(new Row(key, value, unit), next);
        if (before != null) {
            return before;
        }
        keys.add(key);
        values.add(value);
        units.add(unit);
        return next;
    }

    /** Rows of the dictionary and those that were added. */
    public int count() {
        return dictionary.attributeCount() + keys.size();
    }

    /** The key of a row of the dictionary, or of one that was added. */
    public String key(int row) {
        int own = dictionary.attributeCount();
        return row < own ? dictionary.attributeKey(row) : keys.get(row - own);
    }

    /** The value of a row of the dictionary, or of one that was added. */
    public AttributeValue value(int row) {
        int own = dictionary.attributeCount();
        return row < own ? dictionary.attributeValue(row) : values.get(row - own);
    }

    /** The unit of a row of the dictionary, or of one that was added. */
    public String unit(int row) {
        int own = dictionary.attributeCount();
        return row < own ? dictionary.attributeUnit(row) : units.get(row - own);
    }

    /** The dictionary with the rows behind its own; the dictionary itself when none was added. */
    public Dictionary dictionary() {
        return keys.isEmpty() ? dictionary : dictionary.with(keys, values, units);
    }
}
