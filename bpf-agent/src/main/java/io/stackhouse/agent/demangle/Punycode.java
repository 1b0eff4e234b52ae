package io.stackhouse.agent.demangle;

/** RFC 3492, with {@code _} between the plain characters and the rest, as Rust has it. */
final class Punycode {
    private static final int BASE = 36;
    private static final int T_MIN = 1;
    private static final int T_MAX = 26;
    private static final int SKEW = 38;
    private static final int DAMP = 700;
    private static final int FIRST_BIAS = 72;
    private static final int FIRST_CODE_POINT = 128;
    private static final int MAX_CHARS = 512;

    private Punycode() {}

    static String decode(String text) {
        int split = text.lastIndexOf('_');
        String plain = split < 0 ? "" : text.substring(0, split);
        int[] points = new int[MAX_CHARS];
        int count = 0;
        while (count < plain.length() && count < MAX_CHARS) {
            points[count] = plain.charAt(count++);
        }
        int n = FIRST_CODE_POINT;
        int bias = FIRST_BIAS;
        long i = 0;
        int at = split + 1;
        while (at < text.length()) {
            long before = i;
            long weight = 1;
            for (int k = BASE; ; k += BASE) {
                int digit = at < text.length() ? digit(text.charAt(at++)) : -1;
                if (digit < 0 || i > Integer.MAX_VALUE || weight > Integer.MAX_VALUE) {
                    throw new NotMangledException();
                }
                i += digit * weight;
                int threshold = Math.max(T_MIN, Math.min(T_MAX, k - bias));
                if (digit < threshold) {
                    break;
                }
                weight *= BASE - threshold;
            }
            bias = adapt(i - before, count + 1, before == 0);
            n += (int) Math.min(i / (count + 1), Integer.MAX_VALUE / 2);
            int place = (int) (i % (count + 1));
            if (count == MAX_CHARS || !Character.isValidCodePoint(n)) {
                throw new NotMangledException();
            }
            System.arraycopy(points, place, points, place + 1, count - place);
            points[place] = n;
            count++;
            i = place + 1L;
        }
        return new String(points, 0, count);
    }

    private static int digit(char c) {
        return c >= 'a' && c <= 'z' ? c - 'a' : c >= '0' && c <= '9' ? c - '0' + 26 : -1;
    }

    private static int adapt(long delta, int points, boolean isFirst) {
        long d = isFirst ? delta / DAMP : delta / 2;
        d += d / points;
        int k = 0;
        while (d > ((BASE - T_MIN) * T_MAX) / 2) {
            d /= BASE - T_MIN;
            k += BASE;
        }
        return (int) (k + ((BASE - T_MIN + 1) * d) / (d + SKEW));
    }
}
