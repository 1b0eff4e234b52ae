package io.stackhouse.pipeline;

/**
 * A setting that names an {@link Authenticator} among the service's extensions. Whoever reads a configuration checks that it is
 * there, is one, and is started. Immutable.
 */
public record AuthenticatorId(ComponentId id) {
    /** Reads {@code type} or {@code type/name}; throws IllegalArgumentException with what is allowed. */
    public static AuthenticatorId parse(String text) {
        ComponentId id = ComponentId.parse(text);
        if (id.type().isEmpty() || text.strip().endsWith("/")) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no id; write that of an authenticator, type or type/name");
        }
        return new AuthenticatorId(id);
    }

    @Override
    public String toString() {
        return id.toString();
    }
}
