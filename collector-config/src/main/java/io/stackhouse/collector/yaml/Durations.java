package io.stackhouse.collector.yaml;

import java.math.BigDecimal;
import java.time.Duration;

/** Lengths of time as they stand in a configuration: {@code 5s}, {@code 200ms}, {@code 1h30m}, {@code 1.5s}. */
public final class Durations {
    private static final String ALLOWED = "write a number with ns, us, ms, s, m or h, such as 200ms, 5s or 1h30m";

    private Durations() {}

    /** Reads a length of time, 0 or more; throws IllegalArgumentException with what is allowed. */
    public static Duration parse(String text) {
        String rest = text.strip();
        if (rest.equals("0")) {
            return Duration.ZERO;
        }
        BigDecimal nanos = BigDecimal.ZERO;
        try {
            if (rest.isEmpty()) {
                throw new NumberFormatException();
            }
            while (!rest.isEmpty()) {
                int unit = firstUnitLetter(rest);
                int next = nextDigit(rest, unit);
                BigDecimal factor = BigDecimal.valueOf(unitNanos(rest.substring(unit, next)));
                nanos = nanos.add(new BigDecimal(rest.substring(0, unit)).multiply(factor));
                rest = rest.substring(next);
            }
            return Duration.ofNanos(nanos.toBigInteger().longValueExact());
        } catch (ArithmeticException | NumberFormatException e) {
            throw new IllegalArgumentException("'" + text + "' is no length of time; " + ALLOWED, e);
        }
    }

    /** The shortest text that {@link #parse} reads back. */
    public static String format(Duration duration) {
        long nanos = duration.toNanos();
        if (nanos == 0) {
            return "0s";
        }
        if (nanos % 1_000_000_000L != 0) {
            return nanos % 1_000_000L == 0 ? nanos / 1_000_000L + "ms" : nanos + "ns";
        }
        long seconds = nanos / 1_000_000_000L;
        String out = seconds >= 3600 ? seconds / 3600 + "h" : "";
        out += seconds % 3600 >= 60 ? seconds % 3600 / 60 + "m" : "";
        return out + (seconds % 60 != 0 ? seconds % 60 + "s" : "");
    }

    private static int firstUnitLetter(String text) {
        int i = 0;
        while (i < text.length() && (Character.isDigit(text.charAt(i)) || text.charAt(i) == '.')) {
            i++;
        }
        return i;
    }

    private static int nextDigit(String text, int from) {
        int i = from;
        while (i < text.length() && !Character.isDigit(text.charAt(i)) && text.charAt(i) != '.') {
            i++;
        }
        return i;
    }

    private static long unitNanos(String unit) {
        return switch (unit) {
            case "ns" -> 1L;
            case "us", "µs" -> 1_000L;
            case "ms" -> 1_000_000L;
            case "s" -> 1_000_000_000L;
            case "m" -> 60_000_000_000L;
            case "h" -> 3_600_000_000_000L;
            default -> throw new NumberFormatException(unit);
        };
    }
}
