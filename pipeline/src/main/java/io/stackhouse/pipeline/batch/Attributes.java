package io.stackhouse.pipeline.batch;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Attributes in their order, each key once. Mutable, one owner at a time; meant for the handful of attributes of a resource,
 * a scope or a span, so that look-ups are linear.
 */
public final class Attributes {
    private final List<String> keys;
    private final List<AttributeValue> values;

    public Attributes() {
        this.keys = new ArrayList<>();
        this.values = new ArrayList<>();
    }

    public Attributes(Attributes copied) {
        this.keys = new ArrayList<>(copied.keys);
        this.values = new ArrayList<>(copied.values);
    }

    public int size() {
        return keys.size();
    }

    public String key(int index) {
        return keys.get(index);
    }

    public AttributeValue value(int index) {
        return values.get(index);
    }

    public @Nullable AttributeValue get(String key) {
        int index = keys.indexOf(key);
        return index < 0 ? null : values.get(index);
    }

    /** The value as text, or {@code otherwise} when the key is absent. */
    public String text(String key, String otherwise) {
        AttributeValue value = get(key);
        return value == null ? otherwise : value.text();
    }

    public boolean contains(String key) {
        return keys.contains(key);
    }

    /** Sets the key, in its old place when it is there already. */
    public void put(String key, AttributeValue value) {
        int index = keys.indexOf(key);
        if (index < 0) {
            keys.add(key);
            values.add(value);
        } else {
            values.set(index, value);
        }
    }

    public void put(String key, String value) {
        put(key, AttributeValue.of(value));
    }

    public void put(String key, long value) {
        put(key, AttributeValue.of(value));
    }

    /** Sets the key only when it is absent; says whether it did. */
    public boolean putIfAbsent(String key, AttributeValue value) {
        if (keys.contains(key)) {
            return false;
        }
        keys.add(key);
        values.add(value);
        return true;
    }

    /** Removes the key; says whether it was there. */
    public boolean remove(String key) {
        int index = keys.indexOf(key);
        if (index < 0) {
            return false;
        }
        keys.remove(index);
        values.remove(index);
        return true;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Attributes that && keys.equals(that.keys) && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return keys.hashCode() * 31 + values.hashCode();
    }

    @Override
    public String toString() {
        return new AttributeValue.MapValue(this).text();
    }
}
