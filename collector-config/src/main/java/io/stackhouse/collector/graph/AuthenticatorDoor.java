package io.stackhouse.collector.graph;

import io.stackhouse.pipeline.Authenticator;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What receivers know of an authenticator, so that another one can take its place while they listen. Any thread; owns nothing. */
final class AuthenticatorDoor implements Authenticator {
    private volatile Authenticator target;

    AuthenticatorDoor(Authenticator target) {
        this.target = target;
    }

    void exchange(Authenticator other) {
        target = other;
    }

    @Override
    public CompletableFuture<Void> check(List<String> authorization) {
        return target.check(authorization);
    }

    @Override
    public void start() {
        // Whoever made the authenticator starts it.
    }

    @Override
    public void close() {
        // Whoever made the authenticator closes it.
    }
}
