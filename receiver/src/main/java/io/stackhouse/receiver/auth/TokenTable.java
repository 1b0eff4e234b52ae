package io.stackhouse.receiver.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/**
 * Tokens, kept as keyed hashes. Immutable; any thread. Whether a token is one of them takes as long for each: all are compared,
 * and hashes instead of tokens, so that the time says nothing about the text.
 */
final class TokenTable {
    private final KeyedHash hash;
    private final List<byte[]> hashes = new ArrayList<>();

    TokenTable(KeyedHash hash, List<String> tokens) {
        this.hash = hash;
        for (String token : tokens) {
            hashes.add(hash.of(token.getBytes(UTF_8)));
        }
    }

    /** Out of a file with a token a line; throws IllegalArgumentException that names file and line. */
    static TokenTable read(KeyedHash hash, String file, byte[] content) {
        List<String> tokens = new ArrayList<>();
        int number = 0;
        for (String line : new String(content, UTF_8).lines().toList()) {
            number++;
            if (!line.isBlank()) {
                String token = line.strip();
                BearerTokenConfig.requireToken(file + ":" + number + ": a token", token);
                tokens.add(token);
            }
        }
        if (tokens.isEmpty()) {
            throw new IllegalArgumentException(file + ": there is no token; write one a line");
        }
        return new TokenTable(hash, tokens);
    }

    boolean has(String token) {
        byte[] given = hash.of(token.getBytes(UTF_8));
        boolean isThere = false;
        for (byte[] known : hashes) {
            isThere |= MessageDigest.isEqual(known, given);
        }
        return isThere;
    }
}
