package io.stackhouse.agent.process;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Attributes of an OTLP resource, in a fixed order: values are String, Long, Boolean or {@link EncodedValue}. Immutable. Threads: any. */
public final class ResourceAttributes {
    private final String[] keys;
    private final Object[] values;

    ResourceAttributes(Map<String, Object> attributes) {
        keys = new String[attributes.size()];
        values = new Object[keys.length];
        int i = 0;
        for (Map.Entry<String, Object> entry : attributes.entrySet()) {
            keys[i] = entry.getKey();
            values[i++] = entry.getValue();
        }
    }

    /**
     * These attributes with others over them, as a process publishes them. What the agent found out about process, host and container itself stays: it is the
     * kernel's word, where a process in a container or namespace sees something else.
     */
    ResourceAttributes overriddenBy(Map<String, Object> published) {
        Map<String, Object> merged = new LinkedHashMap<>();
        for (int i = 0; i < keys.length; i++) {
            merged.put(keys[i], values[i]);
        }
        for (Map.Entry<String, Object> entry : published.entrySet()) {
            if (!isFound(entry.getKey()) || !merged.containsKey(entry.getKey())) {
                merged.put(entry.getKey(), entry.getValue());
            }
        }
        return new ResourceAttributes(merged);
    }

    private static boolean isFound(String key) {
        return key.startsWith("process.")
                || key.startsWith("host.")
                || key.startsWith("os.")
                || key.equals("container.id");
    }

    public int size() {
        return keys.length;
    }

    public String key(int i) {
        return keys[i];
    }

    public Object value(int i) {
        return values[i];
    }

    /** The value of a key, or null. Searches one by one. */
    public @Nullable Object get(String key) {
        for (int i = 0; i < keys.length; i++) {
            if (keys[i].equals(key)) {
                return values[i];
            }
        }
        return null;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < keys.length; i++) {
            text.append(i == 0 ? "" : ", ").append(keys[i]).append('=').append(values[i]);
        }
        return text.toString();
    }
}
