package io.stackhouse.receiver.auth;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Reads lines of an htpasswd file: {@code user:password}, the password as bcrypt ({@code $2a$}, {@code $2b$}, {@code $2y$}) or as
 * it is. Blank lines and those that begin with {@code #} are left out. Other hashes are refused: MD5 and SHA are guessed too fast.
 * Stateless.
 */
final class HtpasswdLines {
    /** Beyond it one check takes seconds. */
    private static final int MAX_COST = 15;

    private static final int MIN_COST = 4;
    private static final Pattern BCRYPT = Pattern.compile("\\$2[aby]\\$\\d\\d\\$[./A-Za-z0-9]{53}");

    private HtpasswdLines() {}

    /** Passwords by user; throws IllegalArgumentException that names the line and shows nothing of it. */
    static Map<String, String> read(String name, String text) {
        Map<String, String> users = new LinkedHashMap<>();
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            String place = name + ", line " + number + ": ";
            int colon = line.indexOf(':');
            if (colon < 1 || colon == line.length() - 1) {
                throw new IllegalArgumentException(place + "this is not user:password");
            }
            String password = line.substring(colon + 1);
            requireKnownHash(place, password);
            if (users.put(line.substring(0, colon), password) != null) {
                throw new IllegalArgumentException(place + "the user is there already; keep one");
            }
        }
        if (users.isEmpty()) {
            throw new IllegalArgumentException(name + ": there is no user; write lines user:password");
        }
        return users;
    }

    /** Whether it is a hash and not the password itself. */
    static boolean isBcrypt(String password) {
        return password.startsWith("$2");
    }

    static int cost(String bcrypt) {
        return Integer.parseInt(bcrypt.substring(4, 6));
    }

    private static void requireKnownHash(String place, String password) {
        if (!password.startsWith("$") && !password.startsWith("{")) {
            return;
        }
        if (!BCRYPT.matcher(password).matches()) {
            throw new IllegalArgumentException(
                    place + "the password is hashed in a way that is not supported; use bcrypt (htpasswd -B)");
        }
        if (cost(password) < MIN_COST || cost(password) > MAX_COST) {
            throw new IllegalArgumentException(
                    place + "the cost of the bcrypt hash must be " + MIN_COST + " to " + MAX_COST + "; use 10");
        }
    }
}
