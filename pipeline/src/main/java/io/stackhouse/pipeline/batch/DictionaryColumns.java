package io.stackhouse.pipeline.batch;

import io.stackhouse.pipeline.batch.Columns.Ints;
import io.stackhouse.pipeline.batch.Columns.Longs;
import java.nio.charset.StandardCharsets;

/**
 * The columns of a {@link Dictionary} while a decoder fills them. One thread. A {@code …Start} column has one element more than
 * its table has rows: a row's elements lie between its start and the next row's.
 */
public final class DictionaryColumns {
    /** Reads an attribute value out of the message's bytes. */
    @FunctionalInterface
    public interface ValueReader {
        AttributeValue read(Dictionary dictionary, int offset, int length);
    }

    final byte[] wire;
    final ValueReader valueReader;

    public final Ints stringOffset = new Ints(64);
    public final Ints stringLength = new Ints(64);

    public final Ints stackStart = new Ints(64);
    public final Ints stackLocation = new Ints(256);

    public final Ints locationMapping = new Ints(64);
    public final Longs locationAddress = new Longs(64);
    public final Ints lineStart = new Ints(64);
    public final Ints lineFunction = new Ints(64);
    public final Longs lineNumber = new Longs(64);
    public final Longs lineColumn = new Longs(64);
    public final Ints locationAttributeStart = new Ints(64);
    public final Ints locationAttribute = new Ints(64);

    public final Ints functionName = new Ints(64);
    public final Ints functionSystemName = new Ints(64);
    public final Ints functionFile = new Ints(64);
    public final Longs functionStartLine = new Longs(64);

    public final Longs mappingStart = new Longs(8);
    public final Longs mappingLimit = new Longs(8);
    public final Longs mappingOffset = new Longs(8);
    public final Ints mappingFile = new Ints(8);
    public final Ints mappingAttributeStart = new Ints(8);
    public final Ints mappingAttribute = new Ints(8);

    public final Ints attributeKey = new Ints(16);
    public final Ints valueOffset = new Ints(16);
    public final Ints valueLength = new Ints(16);
    public final Ints attributeUnit = new Ints(16);

    public final Longs linkTraceHigh = new Longs(4);
    public final Longs linkTraceLow = new Longs(4);
    public final Longs linkSpan = new Longs(4);

    /**
     * @param wire the message; strings and attribute values stay in it
     * @param valueReader decodes an attribute's value when it is first asked for
     */
    public DictionaryColumns(byte[] wire, ValueReader valueReader) {
        this.wire = wire;
        this.valueReader = valueReader;
    }

    String decodeString(int index) {
        int length = stringLength.get(index);
        return length == 0 ? "" : new String(wire, stringOffset.get(index), length, StandardCharsets.UTF_8);
    }
}
