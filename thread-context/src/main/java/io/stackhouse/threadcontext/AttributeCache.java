package io.stackhouse.threadcontext;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Attributes that were encoded before, so that a request on a known route encodes and allocates nothing. {@value #ENTRIES} entries, each replaced
 * by what comes next to its place; values without bound (a user's id) miss it and cost an encoding each.
 *
 * <p>Any thread, without locks: entries are immutable, and a lost update costs an encoding.
 */
final class AttributeCache {
    private static final int ENTRIES = 1024;

    private static final class Entry {
        final EncodedAttributes base;
        final int key;
        final String value;
        final EncodedAttributes result;

        Entry(EncodedAttributes base, int key, String value, EncodedAttributes result) {
            this.base = base;
            this.key = key;
            this.value = value;
            this.result = result;
        }
    }

    private final AtomicReferenceArray<@Nullable Entry> entries = new AtomicReferenceArray<>(ENTRIES);

    /** {@code base} with one value set or changed. */
    EncodedAttributes with(EncodedAttributes base, int key, String value) {
        if (value.equals(base.value(key))) {
            return base;
        }
        int hash = value.hashCode() * 31 + key;
        int place = (hash ^ (hash >>> 10) ^ (hash >>> 20)) & (ENTRIES - 1);
        Entry entry = entries.get(place);
        if (entry != null && entry.key == key && entry.base == base && entry.value.equals(value)) {
            return entry.result;
        }
        EncodedAttributes result = base.with(key, value);
        entries.set(place, new Entry(base, key, value, result));
        return result;
    }

    /** {@code base} with all values of {@code added}. */
    EncodedAttributes withAll(EncodedAttributes base, EncodedAttributes added) {
        if (base == EncodedAttributes.NONE) {
            return added;
        }
        EncodedAttributes result = base;
        for (int key = 0; key < added.keys(); key++) {
            String value = added.value(key);
            if (value != null) {
                result = with(result, key, value);
            }
        }
        return result;
    }
}
