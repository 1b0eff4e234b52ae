package io.stackhouse.agent.demangle;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rust names in their older form: {@code _ZN}, parts with their lengths, a last part {@code 17h} and 16 hexadecimal digits, {@code E}. */
final class RustLegacy {
    private static final int HASH_CHARS = 17;
    private static final Map<String, String> ESCAPES =
            Map.of("SP", "@", "BP", "*", "RF", "&", "LT", "<", "GT", ">", "LP", "(", "RP", ")", "C", ",");
    private static final int MIN_DISTINCT_DIGITS = 5;

    private RustLegacy() {}

    /** Null if it is no such name. */
    static @Nullable String demangle(String symbol, int start) {
        int end = symbol.indexOf("E", Math.max(start, symbol.lastIndexOf("17h")));
        if (symbol.length() <= start || symbol.charAt(start) != 'N' || end < 0 || !isHash(symbol, end)) {
            return null;
        }
        String rest = symbol.substring(end + 1);
        if (!rest.isEmpty() && rest.charAt(0) != '.') {
            return null;
        }
        Cursor in = new Cursor(symbol, start + 1);
        StringBuilder out = new StringBuilder();
        int hashAt = end - HASH_CHARS - 2;
        while (in.position() < hashAt) {
            if (out.length() > 0) {
                out.append("::");
            }
            append(in.chars(in.number()), out);
        }
        return in.position() == hashAt && out.length() > 0 && out.length() <= Text.MAX_CHARS ? out.toString() : null;
    }

    private static boolean isHash(String symbol, int end) {
        int from = end - HASH_CHARS;
        if (from < 2 || !symbol.startsWith("17h", from - 2)) {
            return false;
        }
        int seen = 0;
        for (int i = from + 1; i < end; i++) {
            int digit = Character.digit(symbol.charAt(i), 16);
            if (digit < 0 || Character.isUpperCase(symbol.charAt(i))) {
                return false;
            }
            seen |= 1 << digit;
        }
        return Integer.bitCount(seen) >= MIN_DISTINCT_DIGITS;
    }

    private static void append(String part, StringBuilder out) {
        int i = part.startsWith("_$") ? 1 : 0;
        while (i < part.length()) {
            char c = part.charAt(i);
            if (part.startsWith("..", i)) {
                out.append("::");
                i += 2;
            } else if (c == '$') {
                int close = part.indexOf('$', i + 1);
                String text = close < 0 ? null : escape(part.substring(i + 1, close));
                if (text == null) {
                    throw new NotMangledException();
                }
                out.append(text);
                i = close + 1;
            } else {
                out.append(c);
                i++;
            }
        }
    }

    private static @Nullable String escape(String code) {
        String known = ESCAPES.get(code);
        if (known != null) {
            return known;
        }
        if (code.length() < 2 || code.length() > 7 || code.charAt(0) != 'u') {
            return null;
        }
        int point = 0;
        for (int i = 1; i < code.length(); i++) {
            int digit = Character.digit(code.charAt(i), 16);
            if (digit < 0) {
                return null;
            }
            point = point * 16 + digit;
        }
        return Character.isValidCodePoint(point) && !Character.isISOControl(point) ? Character.toString(point) : null;
    }
}
