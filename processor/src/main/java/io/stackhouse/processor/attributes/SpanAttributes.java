package io.stackhouse.processor.attributes;

import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import io.stackhouse.pipeline.batch.AttributeValue;
import io.stackhouse.pipeline.otlp.TracesDecoder;
import io.stackhouse.pipeline.otlp.ValueMessages;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A span's attributes as a target; what isn't touched stays the message it was. Opened for one span after the other. One thread. */
final class SpanAttributes implements AttributeTarget {
    private final List<KeyValue> attributes = new ArrayList<>();
    private Span span = Span.getDefaultInstance();
    private boolean isChanged;

    void open(Span opened) {
        span = opened;
        isChanged = false;
        attributes.clear();
        attributes.addAll(opened.getAttributesList());
    }

    /** The span with its attributes as they are now; the same object when nothing was changed. */
    Span result() {
        if (!isChanged) {
            return span;
        }
        return span.toBuilder().clearAttributes().addAllAttributes(attributes).build();
    }

    @Override
    public int size() {
        return attributes.size();
    }

    @Override
    public String key(int index) {
        return attributes.get(index).getKey();
    }

    @Override
    public @Nullable AttributeValue get(String key) {
        int index = indexOf(key);
        return index < 0 ? null : TracesDecoder.value(attributes.get(index).getValue());
    }

    @Override
    public void put(String key, AttributeValue value) {
        int index = indexOf(key);
        KeyValue message = ValueMessages.message(key, value);
        if (index < 0) {
            attributes.add(message);
        } else {
            attributes.set(index, message);
        }
        isChanged = true;
    }

    @Override
    public void remove(String key) {
        int index = indexOf(key);
        if (index >= 0) {
            attributes.remove(index);
            isChanged = true;
        }
    }

    private int indexOf(String key) {
        for (int i = 0; i < attributes.size(); i++) {
            if (attributes.get(i).getKey().equals(key)) {
                return i;
            }
        }
        return -1;
    }
}
