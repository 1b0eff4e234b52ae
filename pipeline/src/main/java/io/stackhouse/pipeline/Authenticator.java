package io.stackhouse.pipeline;

import java.util.List;

/** Says who may send. Any thread; compares in constant time. */
public interface Authenticator extends Extension {
    /**
     * Looks at a request's credentials, before anything but its headers is read.
     *
     * @param authorization every value of the header or metadata {@code authorization}, in their order; empty when there is none
     * @throws UnauthenticatedException when they are missing, doubled, malformed or wrong
     */
    void check(List<String> authorization);
}
