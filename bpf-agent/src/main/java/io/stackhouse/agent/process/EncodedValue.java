package io.stackhouse.agent.process;

import java.util.Arrays;
import java.util.HexFormat;

/** A value of an attribute as the content of an OTLP AnyValue, for kinds that are passed on without a look: numbers with a fraction, lists, maps, bytes. Immutable. */
public final class EncodedValue {
    private final byte[] anyValue;

    /** Takes well-formed bytes, which become its own. */
    public EncodedValue(byte[] anyValue) {
        this.anyValue = anyValue;
    }

    /** The message's bytes, not to be changed. */
    public byte[] anyValue() {
        return anyValue;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof EncodedValue value && Arrays.equals(value.anyValue, anyValue);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(anyValue);
    }

    @Override
    public String toString() {
        return "AnyValue " + HexFormat.of().formatHex(anyValue);
    }
}
