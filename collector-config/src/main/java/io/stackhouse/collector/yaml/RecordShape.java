package io.stackhouse.collector.yaml;

import io.stackhouse.pipeline.Secret;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a settings record looks like. All reflection of the project is here. */
final class RecordShape {
    /**
     * One setting.
     *
     * @param key snake_case
     * @param nullable whether it may be absent with no default
     */
    record Setting(String key, Type type, boolean nullable, Method accessor) {}

    private final Class<? extends Record> type;
    private final List<Setting> settings = new ArrayList<>();

    private RecordShape(Class<? extends Record> type) {
        this.type = type;
        for (RecordComponent component : type.getRecordComponents()) {
            boolean nullable = component.getAnnotatedType().isAnnotationPresent(Nullable.class);
            Method accessor = component.getAccessor();
            accessor.setAccessible(true);
            String key = Names.snakeCase(component.getName());
            settings.add(new Setting(key, component.getGenericType(), nullable, accessor));
        }
    }

    static RecordShape of(Class<?> type) {
        return new RecordShape(type.asSubclass(Record.class));
    }

    List<Setting> settings() {
        return settings;
    }

    List<String> keys() {
        return settings.stream().map(Setting::key).toList();
    }

    /** What the record's own static {@code defaults()} returns, or null when it has none. */
    @Nullable
    Object ownDefaults() {
        try {
            Method defaults = type.getDeclaredMethod("defaults");
            if (!Modifier.isStatic(defaults.getModifiers()) || defaults.getReturnType() != type) {
                return null;
            }
            defaults.setAccessible(true);
            return defaults.invoke(null);
        } catch (NoSuchMethodException e) {
            return null;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("can't ask " + type + " for its defaults", e);
        }
    }

    static @Nullable Object value(Setting setting, Object record) {
        try {
            return setting.accessor().invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("can't read " + setting.key() + " of " + record.getClass(), e);
        }
    }

    /** Whether a secret is such a setting or anywhere inside it. Settings don't hold themselves. */
    static boolean holdsSecret(Type type) {
        if (type instanceof ParameterizedType generic) {
            return Arrays.stream(generic.getActualTypeArguments()).anyMatch(RecordShape::holdsSecret);
        }
        if (type == Secret.class) {
            return true;
        }
        return type instanceof Class<?> plain
                && plain.isRecord()
                && !Scalars.isScalar(plain)
                && of(plain).settings().stream().anyMatch(setting -> holdsSecret(setting.type()));
    }

    /** A new record; throws what its constructor throws. */
    Object construct(@Nullable Object[] values) {
        try {
            RecordComponent[] components = type.getRecordComponents();
            Class<?>[] types = new Class<?>[components.length];
            for (int i = 0; i < types.length; i++) {
                types[i] = components[i].getType();
            }
            Constructor<? extends Record> constructor = type.getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException("can't make " + type, e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("can't make " + type, e);
        }
    }
}
