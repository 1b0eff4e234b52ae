package io.stackhouse.agent;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code 512KiB} and {@code 1MiB} as bytes. */
final class SizeOption implements ITypeConverter<Integer> {
    private static final Pattern FORM = Pattern.compile("(\\d{1,4})(KiB|MiB)");

    @Override
    public Integer convert(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new TypeConversionException("'" + text + "' is no size; write 512KiB or 1MiB");
        }
        long bytes = Long.parseLong(matcher.group(1)) << (matcher.group(2).equals("KiB") ? 10 : 20);
        return (int) Math.min(bytes, Integer.MAX_VALUE);
    }
}
