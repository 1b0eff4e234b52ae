package io.stackhouse.agent;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A number from 1 on, or off for 0. */
final class CountOption implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String value) {
        if (value.equals("off")) {
            return 0;
        }
        try {
            int number = Integer.parseInt(value);
            if (number > 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // as for numbers out of range
        }
        throw new TypeConversionException("'" + value + "' is no number from 1 on, nor off");
    }
}
