package io.stackhouse.cli;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code 30s}, {@code 5m} or {@code 2h}: whole numbers, at least one second, at most a year. */
public final class DurationConverter implements ITypeConverter<Duration> {

    private static final Pattern FORM = Pattern.compile("(\\d{1,8})(s|m|h|d)");
    private static final Duration MAX = Duration.ofDays(366);

    @Override
    public Duration convert(String text) {
        Matcher matcher = FORM.matcher(text.trim());
        if (!matcher.matches()) {
            throw new TypeConversionException("'" + text + "' is not a duration; write it as 30s, 5m or 2h");
        }
        Duration duration = Duration.ofSeconds(Long.parseLong(matcher.group(1)) * unitSeconds(matcher.group(2)));
        if (duration.isZero() || duration.compareTo(MAX) > 0) {
            throw new TypeConversionException("'" + text + "' is not between 1s and 366d");
        }
        return duration;
    }

    private static long unitSeconds(String unit) {
        return switch (unit) {
            case "s" -> 1;
            case "m" -> 60;
            case "h" -> 3600;
            default -> 86_400;
        };
    }
}
