package io.stackhouse.receiver.auth;

import io.stackhouse.pipeline.Authenticator;
import io.stackhouse.pipeline.RefusedException;
import io.stackhouse.pipeline.Secret;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.UnauthenticatedException;
import io.stackhouse.receiver.files.ReloadedFiles;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Lets in who shows a user's name and password.
 *
 * <p>Any thread. Bcrypt runs on one thread of its own: at most {@code max_pending_checks} credentials wait for it, more are told to
 * come back later; equal ones wait for one check. What was found out is remembered until the users change.
 */
final class BasicAuthenticator implements Authenticator {
    private static final String CHALLENGE = "Basic realm=\"otlp\", charset=\"UTF-8\"";
    private static final long RETRY_AFTER_NANOS = TimeUnit.SECONDS.toNanos(1);

    private record Check(UserTable users, ByteKey key) {}

    private final BasicAuthConfig config;
    private final ReloadedFiles<UserTable> table;
    private final Map<Check, CompletableFuture<Void>> pending = new ConcurrentHashMap<>();
    private final ThreadPoolExecutor checker;

    BasicAuthenticator(BasicAuthConfig config, Telemetry telemetry) {
        config.requireUsers();
        this.config = config;
        KeyedHash hash = new KeyedHash();
        String file = config.htpasswd().file();
        this.table = new ReloadedFiles<>(
                telemetry.component() + ": the htpasswd file",
                file == null ? List.of() : List.of(Path.of(file)),
                contents -> new UserTable(hash, users(file, contents), config.maxCachedCredentials()),
                new ReloadFailures(telemetry)::count);
        this.checker = new ThreadPoolExecutor(
                1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(config.maxPendingChecks()), task -> {
                    Thread thread = new Thread(task, telemetry.component() + " checks");
                    thread.setDaemon(true);
                    return thread;
                });
    }

    private Map<String, String> users(@Nullable String file, List<byte[]> contents) {
        Map<String, String> users = new LinkedHashMap<>();
        if (file != null) {
            users.putAll(HtpasswdLines.read(file, new String(contents.get(0), StandardCharsets.UTF_8)));
        }
        Secret inline = config.htpasswd().inline();
        if (inline != null) {
            users.putAll(HtpasswdLines.read("htpasswd inline", inline.value()));
        }
        return users;
    }

    @Override
    public void start() {
        try {
            table.start(config.reloadInterval().toNanos());
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    @Override
    public CompletableFuture<Void> check(List<String> authorization) {
        try {
            String decoded = decode(Credentials.of(authorization, "Basic", CHALLENGE));
            int colon = decoded.indexOf(':');
            if (colon < 0) {
                throw malformed();
            }
            return check(decoded.substring(0, colon), decoded.substring(colon + 1));
        } catch (UnauthenticatedException | RefusedException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private CompletableFuture<Void> check(String user, String password) {
        UserTable users = table.get();
        ByteKey key = users.key(user, password);
        Boolean known = users.known(user, password, key);
        if (known != null) {
            return known ? CompletableFuture.completedFuture(null) : CompletableFuture.failedFuture(wrong());
        }
        Check check = new Check(users, key);
        CompletableFuture<Void> mine = new CompletableFuture<>();
        CompletableFuture<Void> other = pending.putIfAbsent(check, mine);
        if (other != null) {
            return other.copy();
        }
        try {
            checker.execute(() -> verify(check, user, password, mine));
        } catch (RejectedExecutionException e) {
            pending.remove(check);
            mine.completeExceptionally(new RefusedException(
                    "too many credentials wait to be checked (max_pending_checks); come back later",
                    RETRY_AFTER_NANOS));
        }
        return mine.copy();
    }

    private void verify(Check check, String user, String password, CompletableFuture<Void> result) {
        try {
            boolean isRight = check.users().verify(user, password);
            check.users().remember(check.key(), isRight);
            pending.remove(check);
            if (isRight) {
                result.complete(null);
            } else {
                result.completeExceptionally(wrong());
            }
        } catch (RuntimeException | Error e) {
            pending.remove(check);
            result.completeExceptionally(e);
        }
    }

    private static String decode(String base64) {
        try {
            byte[] bytes = Base64.getDecoder().decode(base64);
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (IllegalArgumentException | CharacterCodingException e) {
            // Without the cause, which may show what was sent.
            throw malformed();
        }
    }

    private static UnauthenticatedException malformed() {
        return new UnauthenticatedException(
                "the header 'authorization' is malformed; send 'Basic ' and user:password in base64", CHALLENGE);
    }

    private static UnauthenticatedException wrong() {
        return new UnauthenticatedException("the user is unknown or the password is wrong", CHALLENGE);
    }

    @Override
    public void close() {
        table.close();
        checker.shutdownNow();
        for (CompletableFuture<Void> each : pending.values()) {
            each.completeExceptionally(new RefusedException("the collector is stopping", RETRY_AFTER_NANOS));
        }
        pending.clear();
    }
}
