package io.stackhouse.receiver.auth;

import io.stackhouse.pipeline.UnauthenticatedException;
import java.util.List;
import java.util.Locale;

/** What stands behind the scheme in the only value of the header {@code authorization}. Stateless. */
final class Credentials {
    private Credentials() {}

    /**
     * The credentials; throws UnauthenticatedException when there are none of the scheme.
     *
     * @param authorization every value of the header
     * @param scheme such as {@code Bearer}, in whatever case; empty when the value is the credentials alone
     */
    static String of(List<String> authorization, String scheme, String challenge) {
        if (authorization.size() != 1) {
            throw new UnauthenticatedException(
                    authorization.isEmpty()
                            ? "the header 'authorization' is missing; send one" + described(scheme)
                            : "the header 'authorization' is there " + authorization.size() + " times; send one",
                    challenge);
        }
        String value = authorization.get(0).strip();
        if (scheme.isEmpty()) {
            return value;
        }
        int blank = value.indexOf(' ');
        if (blank < 0 || !value.substring(0, blank).toLowerCase(Locale.ROOT).equals(scheme.toLowerCase(Locale.ROOT))) {
            throw new UnauthenticatedException(
                    "the header 'authorization' is of another scheme; send one" + described(scheme), challenge);
        }
        return value.substring(blank + 1).strip();
    }

    private static String described(String scheme) {
        return scheme.isEmpty() ? "" : " that begins with '" + scheme + " '";
    }
}
