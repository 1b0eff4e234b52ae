package io.stackhouse.clickhouse.embedded;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code 512MiB}, {@code 2GiB} or a plain number of bytes; at least {@value #MIN_BYTES}. */
final class ByteSizeConverter implements ITypeConverter<Long> {

    /** Below this the engine can't merge and answer at the same time. */
    static final long MIN_BYTES = 256L << 20;

    private static final Pattern FORM = Pattern.compile("(\\d{1,12})(B|KiB|MiB|GiB|TiB)?");

    @Override
    public Long convert(String text) {
        Matcher matcher = FORM.matcher(text.trim());
        if (!matcher.matches()) {
            throw new TypeConversionException("'" + text + "' is not a size; write it as 512MiB or 2GiB");
        }
        long count = Long.parseLong(matcher.group(1));
        long unitBytes = unitBytes(matcher.group(2));
        if (count > Long.MAX_VALUE / unitBytes) {
            throw new TypeConversionException("'" + text + "' is more than can be counted");
        }
        long bytes = count * unitBytes;
        if (bytes < MIN_BYTES) {
            throw new TypeConversionException("'" + text + "' is less than 256MiB, which the engine needs");
        }
        return bytes;
    }

    private static long unitBytes(@Nullable String unit) {
        if (unit == null) {
            return 1;
        }
        return 1L << (10 * "BKMGT".indexOf(unit.toUpperCase(Locale.ROOT).charAt(0)));
    }
}
