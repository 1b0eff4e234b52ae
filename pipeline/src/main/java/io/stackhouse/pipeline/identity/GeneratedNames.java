package io.stackhouse.pipeline.identity;

/**
 * Takes the changing part out of names that a runtime generates anew in every process, so that equal code has equal names:
 * {@code Foo$$Lambda$14/0x00007f1} and {@code Foo$$Lambda/0x0a} become {@code Foo$$Lambda}, {@code $Proxy12} becomes
 * {@code $Proxy}, {@code GeneratedMethodAccessor7} loses its number, {@code LambdaForm$MH/0x…} its address. Stateless.
 */
public final class GeneratedNames {
    private static final String[] NUMBERED = {
        "$$Lambda",
        "$Proxy",
        "GeneratedMethodAccessor",
        "GeneratedConstructorAccessor",
        "GeneratedSerializationConstructorAccessor",
        "LambdaForm$MH",
        "LambdaForm$DMH",
        "LambdaForm$BMH",
        "LambdaForm$VH",
        "$$FastClassBySpringCGLIB$$",
        "$$EnhancerBySpringCGLIB$$"
    };

    private GeneratedNames() {}

    /** The name without what changes from process to process; the same object when there is nothing to change. */
    public static String normalized(String name) {
        String current = name;
        for (String marker : NUMBERED) {
            int from = current.indexOf(marker);
            if (from >= 0) {
                int end = from + marker.length();
                int to = marker.endsWith("$$") ? endOfHex(current, end) : endOfNumbers(current, end);
                if (to > end) {
                    current = current.substring(0, end) + current.substring(to);
                }
            }
        }
        return current;
    }

    /** The end of what may follow a marker: {@code 12}, {@code $14}, {@code /0x00ff}, {@code .0x00ff}, one after the other. */
    private static int endOfNumbers(String name, int start) {
        int end = start;
        while (end < name.length()) {
            int digits = isSeparator(name.charAt(end)) ? end + 1 : end;
            if (digits >= name.length() || !isDigit(name.charAt(digits))) {
                return end;
            }
            end = name.startsWith("0x", digits) ? endOfHex(name, digits + 2) : endOfDigits(name, digits);
        }
        return end;
    }

    private static int endOfDigits(String name, int start) {
        int end = start;
        while (end < name.length() && isDigit(name.charAt(end))) {
            end++;
        }
        return end;
    }

    private static int endOfHex(String name, int start) {
        int end = start;
        while (end < name.length() && Character.digit(name.charAt(end), 16) >= 0) {
            end++;
        }
        return end;
    }

    private static boolean isSeparator(char c) {
        return c == '$' || c == '/' || c == '.';
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
