package io.stackhouse.agent;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A size in bytes, or off for 0. */
final class TableSizeOption implements ITypeConverter<Integer> {
    private static final int MIN_BYTES = 1 << 20;
    private final SizeOption sizes = new SizeOption();

    @Override
    public Integer convert(String value) {
        if (value.equals("off")) {
            return 0;
        }
        int bytes = sizes.convert(value);
        if (bytes < MIN_BYTES) {
            throw new TypeConversionException("'" + value + "' is too small: 1MiB to 128MiB, or off");
        }
        return bytes;
    }
}
