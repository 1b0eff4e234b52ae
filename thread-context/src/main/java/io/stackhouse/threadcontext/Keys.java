package io.stackhouse.threadcontext;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The keys that this class loader uses of the process's map, which is the core's and only grows. Any thread. */
final class Keys {
    private final Map<String, Key> known = new ConcurrentHashMap<>();

    /** The key of this name, appended to the process's map if it is new; null when the map is full or the name is empty or longer than 255 bytes. */
    @Nullable
    Key get(String name) {
        Key key = known.get(name);
        if (key != null) {
            return key;
        }
        int index = Native.key(name.getBytes(StandardCharsets.UTF_8));
        if (index < 0) {
            return null;
        }
        key = new Key(name, index);
        known.put(name, key);
        return key;
    }
}
