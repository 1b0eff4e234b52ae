package io.stackhouse.receiver.auth;

import io.stackhouse.pipeline.Authenticator;
import io.stackhouse.pipeline.Secret;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.UnauthenticatedException;
import io.stackhouse.receiver.files.ReloadedFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Lets in who shows one of some tokens. A file that changes is read again; one that can't be used changes nothing. Any thread. */
final class BearerTokenAuthenticator implements Authenticator {
    private final BearerTokenConfig config;
    private final String challenge;
    private final Supplier<TokenTable> tokens;
    private final @Nullable ReloadedFiles<TokenTable> file;

    BearerTokenAuthenticator(BearerTokenConfig config, Telemetry telemetry) {
        config.requireOne();
        this.config = config;
        this.challenge = config.scheme().isEmpty() ? "Bearer" : config.scheme();
        KeyedHash hash = new KeyedHash();
        String filename = config.filename();
        if (filename == null) {
            List<String> given = config.given().stream().map(Secret::value).toList();
            TokenTable table = new TokenTable(hash, given);
            this.file = null;
            this.tokens = () -> table;
        } else {
            ReloadedFiles<TokenTable> reloaded = new ReloadedFiles<>(
                    telemetry.component() + ": the file of tokens",
                    List.of(Path.of(filename)),
                    contents -> TokenTable.read(hash, filename, contents.get(0)),
                    new ReloadFailures(telemetry)::count);
            this.file = reloaded;
            this.tokens = reloaded::get;
        }
    }

    @Override
    public void start() {
        ReloadedFiles<TokenTable> reloaded = file;
        if (reloaded == null) {
            return;
        }
        try {
            reloaded.start(config.reloadInterval().toNanos());
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    @Override
    public CompletableFuture<Void> check(List<String> authorization) {
        try {
            String token = Credentials.of(authorization, config.scheme(), challenge);
            if (tokens.get().has(token)) {
                return CompletableFuture.completedFuture(null);
            }
            throw new UnauthenticatedException("the token is unknown", challenge);
        } catch (UnauthenticatedException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public void close() {
        ReloadedFiles<TokenTable> reloaded = file;
        if (reloaded != null) {
            reloaded.close();
        }
    }
}
