package io.stackhouse.collector.yaml;

import io.stackhouse.collector.yaml.RecordShape.Setting;
import io.stackhouse.pipeline.AuthenticatorId;
import io.stackhouse.pipeline.batch.AttributeValue;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes settings records of {@link ConfigNode}s: keys are the records' component names in snake_case, what is absent or null has
 * the value of the defaults. All mistakes go to {@link Problems}, each with its place. One thread.
 *
 * <p>A record that is null in the defaults ({@code @Nullable}) is switched on by its key, even with nothing after it; its own
 * defaults then come from its static method {@code defaults()}. Without such a method, as in lists and maps of records, each of
 * its settings that isn't {@code @Nullable} must be given. A list or map replaces the default one.
 *
 * <p>A record's constructor refuses values by IllegalArgumentException; when the message begins with one of the record's keys,
 * the mistake is shown at that key. Messages of settings that hold a secret don't show what was written.
 */
public final class Binder {
    private final Problems problems;
    private final List<Reference> references = new ArrayList<>();

    /** A setting that names an authenticator, and where. */
    public record Reference(Place place, String path, AuthenticatorId id) {}

    public Binder(Problems problems) {
        this.problems = problems;
    }

    /** The settings, or null when something is wrong with them. */
    public <C extends Record> @Nullable C bind(ConfigNode node, String path, C defaults) {
        return bind(node, path, defaults, unused -> {});
    }

    /** The same; {@code check} refuses settings as a record's constructor does. */
    public <C extends Record> @Nullable C bind(ConfigNode node, String path, C defaults, Consumer<C> check) {
        @SuppressWarnings("unchecked") // getClass() of a C is a class of C
        Class<C> type = (Class<C>) defaults.getClass();
        Object bound = record(node, path, type, defaults);
        if (bound == null) {
            return null;
        }
        C settings = type.cast(bound);
        try {
            check.accept(settings);
            return settings;
        } catch (IllegalArgumentException e) {
            refused(RecordShape.of(type), node, path, e);
            return null;
        }
    }

    /** The authenticators that were named so far, whether or not they are there. */
    public List<Reference> references() {
        return references;
    }

    private @Nullable Object record(ConfigNode node, String path, Class<?> type, @Nullable Object inherited) {
        RecordShape shape = RecordShape.of(type);
        Object defaults = inherited == null ? shape.ownDefaults() : inherited;
        if (!(node instanceof ConfigNode.Mapping) && !node.isNull()) {
            problems.error(
                    node.place(),
                    path,
                    "expected a map, found " + described(node, type) + "; allowed keys: "
                            + String.join(", ", shape.keys()));
            return null;
        }
        ConfigNode.Mapping map =
                node.isNull() ? new ConfigNode.Mapping(node.place(), List.of()) : (ConfigNode.Mapping) node;
        int before = problems.errorCount();
        refuseUnknownKeys(map, path, shape);
        @Nullable Object[] values = new Object[shape.settings().size()];
        for (int i = 0; i < values.length; i++) {
            Setting setting = shape.settings().get(i);
            @Nullable Object otherwise = defaults == null ? null : RecordShape.value(setting, defaults);
            values[i] = setting(map, path, setting, otherwise);
        }
        return problems.errorCount() > before ? null : construct(shape, values, map, path);
    }

    private void refuseUnknownKeys(ConfigNode.Mapping map, String path, RecordShape shape) {
        List<String> known = shape.keys();
        for (ConfigNode.Entry entry : map.entries()) {
            if (!known.contains(entry.key())) {
                problems.error(
                        entry.place(),
                        join(path, entry.key()),
                        "unknown key" + Names.hint(entry.key(), known) + allowed(known));
            }
        }
    }

    private @Nullable Object setting(ConfigNode.Mapping map, String path, Setting setting, @Nullable Object otherwise) {
        ConfigNode.Entry entry = map.entry(setting.key());
        boolean switchable = otherwise == null && isRecord(setting.type());
        if (entry == null || (entry.value().isNull() && !switchable)) {
            if (otherwise == null && !setting.nullable()) {
                Place place = entry == null ? map.place() : entry.place();
                problems.error(place, join(path, setting.key()), "must be given");
            }
            return otherwise;
        }
        return value(setting.type(), entry.value(), join(path, setting.key()), otherwise);
    }

    private @Nullable Object value(Type type, ConfigNode node, String path, @Nullable Object otherwise) {
        if (type instanceof ParameterizedType generic) {
            Type[] arguments = generic.getActualTypeArguments();
            return generic.getRawType() == List.class ? list(arguments[0], node, path) : map(arguments[1], node, path);
        }
        Class<?> plain = (Class<?>) type;
        if (plain.isRecord() && !Scalars.isScalar(plain)) {
            return record(node, path, plain, otherwise);
        }
        if (!(node instanceof ConfigNode.Scalar scalar)) {
            problems.error(node.place(), path, "expected one value, found " + node.described());
            return null;
        }
        try {
            Object parsed = plain == AttributeValue.class ? Scalars.typed(scalar) : Scalars.parse(plain, scalar.text());
            if (parsed instanceof AuthenticatorId id) {
                references.add(new Reference(node.place(), path, id));
            }
            return parsed;
        } catch (IllegalArgumentException e) {
            problems.error(node.place(), path, message(e));
            return null;
        }
    }

    private @Nullable Object list(Type element, ConfigNode node, String path) {
        if (!(node instanceof ConfigNode.Sequence items)) {
            problems.error(node.place(), path, "expected a list, found " + described(node, element) + "; write [a, b]");
            return null;
        }
        List<Object> out = new ArrayList<>();
        for (ConfigNode item : items.items()) {
            String itemPath = path + "[" + out.size() + "]";
            Object value = item.isNull() ? null : value(element, item, itemPath, null);
            if (item.isNull()) {
                problems.error(item.place(), itemPath, "this item is empty; write a value or remove it");
            }
            if (value == null) {
                return null;
            }
            out.add(value);
        }
        return List.copyOf(out);
    }

    private @Nullable Object map(Type element, ConfigNode node, String path) {
        if (!(node instanceof ConfigNode.Mapping entries)) {
            problems.error(
                    node.place(), path, "expected a map, found " + described(node, element) + "; write {key: value}");
            return null;
        }
        Map<String, Object> out = new LinkedHashMap<>();
        for (ConfigNode.Entry entry : entries.entries()) {
            String entryPath = join(path, entry.key());
            if (entry.value().isNull() && !isRecord(element)) {
                problems.error(entry.place(), entryPath, "this key has no value; write one or remove it");
                return null;
            }
            Object value = value(element, entry.value(), entryPath, null);
            if (value == null) {
                return null;
            }
            out.put(entry.key(), value);
        }
        return out;
    }

    private @Nullable Object construct(
            RecordShape shape, @Nullable Object[] values, ConfigNode.Mapping map, String path) {
        try {
            return shape.construct(values);
        } catch (IllegalArgumentException e) {
            refused(shape, map, path, e);
            return null;
        }
    }

    /** Tells what settings were refused for, at the key that the message begins with. */
    private void refused(RecordShape shape, ConfigNode node, String path, IllegalArgumentException e) {
        String message = message(e);
        for (Setting setting : shape.settings()) {
            ConfigNode.Entry entry = node instanceof ConfigNode.Mapping map ? map.entry(setting.key()) : null;
            if (entry != null && namesKey(message, setting.key())) {
                problems.error(entry.value().place(), join(path, setting.key()), message);
                return;
            }
        }
        problems.error(node.place(), path, message);
    }

    private static boolean namesKey(String message, String key) {
        return message.startsWith(key)
                && message.length() > key.length()
                && " :".indexOf(message.charAt(key.length())) >= 0;
    }

    /** What stands there; a value only where no secret can have been meant. */
    private static String described(ConfigNode node, Type wanted) {
        boolean isHidden = node instanceof ConfigNode.Scalar && !node.isNull() && RecordShape.holdsSecret(wanted);
        return isHidden ? "one value" : node.described();
    }

    private static boolean isRecord(Type type) {
        return type instanceof Class<?> plain && plain.isRecord() && !Scalars.isScalar(plain);
    }

    private static String message(IllegalArgumentException e) {
        String message = e.getMessage();
        return message == null ? "wrong value" : message;
    }

    private static String allowed(List<String> known) {
        return known.isEmpty() ? "; no keys are allowed here" : "; allowed: " + String.join(", ", known);
    }

    static String join(String path, String key) {
        return path.isEmpty() ? key : path + "::" + key;
    }
}
