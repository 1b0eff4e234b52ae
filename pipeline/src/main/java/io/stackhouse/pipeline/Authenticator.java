package io.stackhouse.pipeline;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Says who may send. Any thread; compares in constant time. */
public interface Authenticator extends Extension {
    /**
     * Looks at a request's credentials, before anything but its headers is read. Never blocks; what takes long goes on elsewhere.
     *
     * @param authorization every value of the header or metadata {@code authorization}, in their order; empty when there is none
     * @return completed at once when the check is quick; fails with {@link UnauthenticatedException} when the credentials are missing,
     *     doubled, malformed or wrong, with {@link RefusedException} when too many wait to be checked
     */
    CompletableFuture<Void> check(List<String> authorization);
}
