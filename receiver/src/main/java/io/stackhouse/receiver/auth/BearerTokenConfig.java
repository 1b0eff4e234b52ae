package io.stackhouse.receiver.auth;

import io.stackhouse.pipeline.Secret;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Settings of {@code bearertokenauth}. One of the three, token, tokens or filename, says what is allowed.
 *
 * @param scheme before the token in the header; empty when the header holds the token alone
 * @param token the only one
 * @param tokens any of them
 * @param filename a file with one token a line
 * @param reloadInterval how often the file is looked at
 */
public record BearerTokenConfig(
        String scheme,
        @Nullable Secret token,
        List<Secret> tokens,
        @Nullable String filename,
        Duration reloadInterval) {
    private static final Pattern SCHEME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]*");

    public BearerTokenConfig {
        if (!SCHEME.matcher(scheme).matches()) {
            throw new IllegalArgumentException("scheme must be one word, such as Bearer");
        }
        if (reloadInterval.isZero() || reloadInterval.isNegative()) {
            throw new IllegalArgumentException("reload_interval must be more than 0; write 10s");
        }
        for (Secret each : given(token, tokens)) {
            requireToken(token == null ? "tokens" : "token", each.value());
        }
    }

    /** Throws IllegalArgumentException when nothing or too much says what is allowed. */
    void requireOne() {
        int count = (token == null ? 0 : 1) + (tokens.isEmpty() ? 0 : 1) + (filename == null ? 0 : 1);
        if (count == 0) {
            throw new IllegalArgumentException(
                    "token, tokens or filename must be given; write filename: FILE or token: ${env:NAME}");
        }
        if (count > 1) {
            throw new IllegalArgumentException("token, tokens and filename exclude each other; keep one of them");
        }
    }

    /** The tokens that the configuration itself has. */
    List<Secret> given() {
        return given(token, tokens);
    }

    /** Throws IllegalArgumentException, without the token, when it could never come in a header. */
    static void requireToken(String place, String token) {
        boolean isVisible = !token.isEmpty() && token.chars().allMatch(c -> c > ' ' && c < 0x7f);
        if (!isVisible) {
            throw new IllegalArgumentException(
                    place + " must be of visible ASCII characters, one or more, without blanks");
        }
    }

    private static List<Secret> given(@Nullable Secret token, List<Secret> tokens) {
        List<Secret> all = new ArrayList<>(tokens);
        if (token != null) {
            all.add(token);
        }
        return all;
    }
}
