package io.stackhouse.pipeline.batch;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Attributes in their order, each key once. Mutable, one owner at a time; meant for the handful of attributes of a resource,
 * a scope or a span: look-ups are linear, over the keys' hashes.
 */
public final class Attributes {
    private static final int[] NO_HASHES = new int[0];
    private static final String[] NO_KEYS = new String[0];
    private static final AttributeValue[] NO_VALUES = new AttributeValue[0];

    private int[] hashes = NO_HASHES;
    private String[] keys = NO_KEYS;
    private AttributeValue[] values = NO_VALUES;
    private int size;

    public Attributes() {}

    public Attributes(Attributes copied) {
        this.hashes = Arrays.copyOf(copied.hashes, copied.size);
        this.keys = Arrays.copyOf(copied.keys, copied.size);
        this.values = Arrays.copyOf(copied.values, copied.size);
        this.size = copied.size;
    }

    public int size() {
        return size;
    }

    public String key(int index) {
        return keys[checked(index)];
    }

    public AttributeValue value(int index) {
        return values[checked(index)];
    }

    public @Nullable AttributeValue get(String key) {
        int index = indexOf(key);
        return index < 0 ? null : values[index];
    }

    /** The value as text, or {@code otherwise} when the key is absent. */
    public String text(String key, String otherwise) {
        AttributeValue value = get(key);
        return value == null ? otherwise : value.text();
    }

    public boolean contains(String key) {
        return indexOf(key) >= 0;
    }

    /** Sets the key, in its old place when it is there already. */
    public void put(String key, AttributeValue value) {
        int index = indexOf(key);
        if (index < 0) {
            add(key, value);
        } else {
            values[index] = value;
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
        if (contains(key)) {
            return false;
        }
        add(key, value);
        return true;
    }

    /** Removes the key; says whether it was there. */
    public boolean remove(String key) {
        int index = indexOf(key);
        if (index < 0) {
            return false;
        }
        int behind = size - index - 1;
        System.arraycopy(hashes, index + 1, hashes, index, behind);
        System.arraycopy(keys, index + 1, keys, index, behind);
        System.arraycopy(values, index + 1, values, index, behind);
        size--;
        return true;
    }

    private int checked(int index) {
        if (index >= size) {
            throw new IndexOutOfBoundsException("attribute " + index + " of " + size);
        }
        return index;
    }

    private int indexOf(String key) {
        int hash = key.hashCode();
        for (int i = 0; i < size; i++) {
            if (hashes[i] == hash && keys[i].equals(key)) {
                return i;
            }
        }
        return -1;
    }

    private void add(String key, AttributeValue value) {
        if (size == keys.length) {
            int capacity = Math.max(4, size + (size >> 1));
            hashes = Arrays.copyOf(hashes, capacity);
            keys = Arrays.copyOf(keys, capacity);
            values = Arrays.copyOf(values, capacity);
        }
        hashes[size] = key.hashCode();
        keys[size] = key;
        values[size++] = value;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Attributes that
                && Arrays.equals(keys, 0, size, that.keys, 0, that.size)
                && Arrays.equals(values, 0, size, that.values, 0, that.size);
    }

    @Override
    public int hashCode() {
        int hash = 1;
        for (int i = 0; i < size; i++) {
            hash = (hash * 31 + hashes[i]) * 31 + values[i].hashCode();
        }
        return hash;
    }

    @Override
    public String toString() {
        return new AttributeValue.MapValue(this).text();
    }
}
