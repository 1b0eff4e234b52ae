package io.stackhouse.processor.attributes;

import io.stackhouse.pipeline.batch.AttributeValue;
import org.jspecify.annotations.Nullable;

/** A set of attributes that actions change. One thread. */
interface AttributeTarget {
    int size();

    String key(int index);

    @Nullable
    AttributeValue get(String key);

    /** Sets the key, whether or not it is there. */
    void put(String key, AttributeValue value);

    void remove(String key);
}
