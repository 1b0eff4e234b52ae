package io.stackhouse.pipeline;

import java.util.Map;

/** The extensions that components may refer to by their id. Immutable. */
public final class Extensions {
    private final Map<ComponentId, Extension> byId;

    public Extensions(Map<ComponentId, Extension> byId) {
        this.byId = Map.copyOf(byId);
    }

    public static Extensions none() {
        return new Extensions(Map.of());
    }

    /**
     * The authenticator with the id.
     *
     * @throws IllegalStateException when there is none, or the extension is none; a configuration is checked before
     */
    public Authenticator authenticator(AuthenticatorId id) {
        if (byId.get(id.id()) instanceof Authenticator authenticator) {
            return authenticator;
        }
        throw new IllegalStateException("'" + id + "' is no authenticator among service::extensions");
    }
}
