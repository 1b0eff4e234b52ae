package io.stackhouse.pipeline;

import java.util.Set;

/**
 * What is common to the factories found by {@link java.util.ServiceLoader}.
 *
 * <p>Settings are a record. Its component names in snake_case are the keys of the configuration; the values of
 * {@link #defaultConfig} are the defaults; its compact constructor checks values and throws IllegalArgumentException with a
 * message that says what is allowed. Allowed component types: String, boolean, int, long, double, {@link java.time.Duration},
 * {@link ByteSize}, {@link Secret}, {@link AuthenticatorId}, {@link io.stackhouse.pipeline.batch.AttributeValue} (a single value of the type that YAML gives it),
 * enums, records, {@code List} and {@code Map<String, …>} of those, and {@code @Nullable} for what may be
 * absent.
 *
 * @param <C> the settings
 */
public interface ComponentFactory<C extends Record> {
    /** The id's first part in the configuration, snake_case. */
    String type();

    /** Other spellings of {@link #type} that are accepted. */
    default Set<String> aliases() {
        return Set.of();
    }

    Stability stability();

    /** The signals it can be used for. */
    Set<Signal> signals();

    /** Its record also tells the class of the settings. */
    C defaultConfig();

    /**
     * Checks what the defaults alone can't satisfy, such as that one of several keys is given. Throws IllegalArgumentException with
     * what is wrong and what is allowed; a message that begins with a key is shown at that key.
     */
    default void check(C config) {}
}
