package io.stackhouse.receiver.auth;

import io.stackhouse.pipeline.Secret;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Settings of {@code basicauth}.
 *
 * @param htpasswd who is known
 * @param maxPendingChecks credentials that may wait for their costly check; more are told to come back later
 * @param maxCachedCredentials checked credentials to remember, right ones and wrong ones each
 * @param reloadInterval how often the file is looked at
 */
public record BasicAuthConfig(
        Htpasswd htpasswd, int maxPendingChecks, int maxCachedCredentials, Duration reloadInterval) {
    private static final int MOST = 1_000_000;

    /**
     * Users with their passwords, a line {@code user:password} each; of both when both are given.
     *
     * @param file name of a file of such lines
     * @param inline such lines
     */
    public record Htpasswd(@Nullable String file, @Nullable Secret inline) {
        static Htpasswd defaults() {
            return new Htpasswd(null, null);
        }
    }

    public BasicAuthConfig {
        requireCount("max_pending_checks", maxPendingChecks);
        requireCount("max_cached_credentials", maxCachedCredentials);
        if (reloadInterval.isZero() || reloadInterval.isNegative()) {
            throw new IllegalArgumentException("reload_interval must be more than 0; write 10s");
        }
    }

    static BasicAuthConfig defaults() {
        return new BasicAuthConfig(Htpasswd.defaults(), 64, 1_024, Duration.ofSeconds(10));
    }

    /** Throws IllegalArgumentException when nobody is known, or a line of {@code inline} can't be used. */
    void requireUsers() {
        Secret inline = htpasswd.inline();
        if (htpasswd.file() == null && inline == null) {
            throw new IllegalArgumentException(
                    "htpasswd must have file or inline; write htpasswd: {file: FILE}, or inline: with lines user:password");
        }
        if (inline != null) {
            HtpasswdLines.read("htpasswd inline", inline.value());
        }
    }

    private static void requireCount(String key, int count) {
        if (count < 1 || count > MOST) {
            throw new IllegalArgumentException(key + " must be 1 to " + MOST + ", not " + count);
        }
    }
}
