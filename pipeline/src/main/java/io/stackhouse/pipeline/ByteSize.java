package io.stackhouse.pipeline;

import java.util.Locale;

/**
 * A number of bytes as it stands in a configuration: {@code 64MiB}, {@code 512KiB}, {@code 1GiB}, {@code 1000}, {@code 10MB}.
 *
 * @param bytes 0 or more
 */
public record ByteSize(long bytes) {
    private static final String[] UNITS = {"GIB", "MIB", "KIB", "GB", "MB", "KB", "B"};
    private static final long[] FACTORS = {1L << 30, 1L << 20, 1L << 10, 1_000_000_000L, 1_000_000L, 1_000L, 1L};

    public ByteSize {
        if (bytes < 0) {
            throw new IllegalArgumentException(
                    "a size can't be negative: " + bytes + "; write 64MiB, 512KiB or a number of bytes");
        }
    }

    public static ByteSize ofMebibytes(long mebibytes) {
        return new ByteSize(Math.multiplyExact(mebibytes, 1L << 20));
    }

    /** Reads a size; throws IllegalArgumentException with what is allowed. */
    public static ByteSize parse(String text) {
        String upper = text.strip().toUpperCase(Locale.ROOT);
        long factor = 1;
        String digits = upper;
        for (int i = 0; i < UNITS.length; i++) {
            if (upper.endsWith(UNITS[i])) {
                factor = FACTORS[i];
                digits = upper.substring(0, upper.length() - UNITS[i].length()).strip();
                break;
            }
        }
        try {
            return new ByteSize(Math.multiplyExact(Long.parseLong(digits), factor));
        } catch (NumberFormatException | ArithmeticException e) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no size; write 64MiB, 512KiB or a number of bytes", e);
        }
    }

    @Override
    public String toString() {
        for (int i = 0; i < 3; i++) {
            if (bytes != 0 && bytes % FACTORS[i] == 0) {
                return bytes / FACTORS[i] + (i == 0 ? "GiB" : i == 1 ? "MiB" : "KiB");
            }
        }
        return bytes + "B";
    }
}
