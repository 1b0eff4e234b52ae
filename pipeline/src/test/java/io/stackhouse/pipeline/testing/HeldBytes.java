package io.stackhouse.pipeline.testing;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * The bytes that an object and all it refers to take in a 64-bit HotSpot with compressed references: 12 bytes of header (16 for
 * an array), fields, rounded up to 8. One use, one thread. Knows our own classes, arrays, strings and lists.
 */
public final class HeldBytes {
    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Deque<Object> open = new ArrayDeque<>();
    private final Set<Class<?>> ignored;

    private HeldBytes(Set<Class<?>> ignored) {
        this.ignored = ignored;
    }

    /** What {@code root} takes without objects of the ignored classes. */
    public static long of(Object root, Set<Class<?>> ignored) throws IllegalAccessException {
        return new HeldBytes(ignored).sum(root);
    }

    private long sum(Object root) throws IllegalAccessException {
        add(root);
        long bytes = 0;
        while (!open.isEmpty()) {
            bytes += bytesOf(open.pop()) + 7 & ~7L;
        }
        return bytes;
    }

    private void add(Object object) {
        if (object != null && !ignored.contains(object.getClass()) && seen.add(object)) {
            open.push(object);
        }
    }

    private long bytesOf(Object object) throws IllegalAccessException {
        if (object instanceof byte[] bytes) {
            return 16L + bytes.length;
        } else if (object instanceof int[] ints) {
            return 16 + 4L * ints.length;
        } else if (object instanceof long[] longs) {
            return 16 + 8L * longs.length;
        } else if (object instanceof Object[] objects) {
            for (Object element : objects) {
                add(element);
            }
            return 16 + 4L * objects.length;
        } else if (object instanceof String text) {
            boolean isLatin = text.chars().allMatch(c -> c < 256);
            return text.isEmpty() ? 0 : 24 + (16 + (isLatin ? 1L : 2L) * text.length() + 7 & ~7L);
        } else if (object instanceof ArrayList<?> list) {
            list.forEach(this::add);
            return 24 + (16 + 4L * list.size() + 7 & ~7L);
        } else if (object instanceof List<?> list && list.isEmpty()) {
            return 0; // there is one for all, List.of()
        }
        return fields(object);
    }

    private long fields(Object object) throws IllegalAccessException {
        if (!object.getClass().getName().startsWith("io.stackhouse.")) {
            throw new IllegalArgumentException("the size of a " + object.getClass() + " is not known here");
        }
        long bytes = 12;
        for (Field field : object.getClass().getDeclaredFields()) {
            if (Modifier.isStatic(field.getModifiers())) {
                continue;
            }
            Class<?> type = field.getType();
            if (type == long.class || type == double.class) {
                bytes += 8;
            } else if (type == boolean.class) {
                bytes += 1;
            } else {
                bytes += 4;
            }
            if (!type.isPrimitive()) {
                field.setAccessible(true);
                add(field.get(object));
            }
        }
        return bytes;
    }
}
