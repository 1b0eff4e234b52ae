package io.stackhouse.pipeline.batch;

import io.stackhouse.pipeline.batch.Columns.Ints;
import io.stackhouse.pipeline.batch.Columns.Longs;
import io.stackhouse.pipeline.memory.DecodeMemory;
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
    final DecodeMemory memory;

    public final Ints stringOffset;
    public final Ints stringLength;

    public final Ints stackStart;
    public final Ints stackLocation;

    public final Ints locationMapping;
    public final Longs locationAddress;
    public final Ints lineStart;
    public final Ints lineFunction;
    public final Longs lineNumber;
    public final Longs lineColumn;
    public final Ints locationAttributeStart;
    public final Ints locationAttribute;

    public final Ints functionName;
    public final Ints functionSystemName;
    public final Ints functionFile;
    public final Longs functionStartLine;

    public final Longs mappingStart;
    public final Longs mappingLimit;
    public final Longs mappingOffset;
    public final Ints mappingFile;
    public final Ints mappingAttributeStart;
    public final Ints mappingAttribute;

    public final Ints attributeKey;
    public final Ints valueOffset;
    public final Ints valueLength;
    public final Ints attributeUnit;

    public final Longs linkTraceHigh;
    public final Longs linkTraceLow;
    public final Longs linkSpan;

    /**
     * @param wire the message; strings and attribute values stay in it
     * @param valueReader decodes an attribute's value when it is first asked for
     */
    public DictionaryColumns(byte[] wire, ValueReader valueReader) {
        this(wire, valueReader, DecodeMemory.unbounded());
    }

    /**
     * Makes empty columns.
     *
     * @param wire the message; strings and attribute values stay in it
     * @param valueReader decodes an attribute's value when it is first asked for
     * @param memory what the columns are charged to as they grow
     */
    public DictionaryColumns(byte[] wire, ValueReader valueReader, DecodeMemory memory) {
        this.wire = wire;
        this.valueReader = valueReader;
        this.memory = memory;
        this.stringOffset = new Ints(64, memory);
        this.stringLength = new Ints(64, memory);
        this.stackStart = new Ints(64, memory);
        this.stackLocation = new Ints(256, memory);
        this.locationMapping = new Ints(64, memory);
        this.locationAddress = new Longs(64, memory);
        this.lineStart = new Ints(64, memory);
        this.lineFunction = new Ints(64, memory);
        this.lineNumber = new Longs(64, memory);
        this.lineColumn = new Longs(64, memory);
        this.locationAttributeStart = new Ints(64, memory);
        this.locationAttribute = new Ints(64, memory);
        this.functionName = new Ints(64, memory);
        this.functionSystemName = new Ints(64, memory);
        this.functionFile = new Ints(64, memory);
        this.functionStartLine = new Longs(64, memory);
        this.mappingStart = new Longs(8, memory);
        this.mappingLimit = new Longs(8, memory);
        this.mappingOffset = new Longs(8, memory);
        this.mappingFile = new Ints(8, memory);
        this.mappingAttributeStart = new Ints(8, memory);
        this.mappingAttribute = new Ints(8, memory);
        this.attributeKey = new Ints(16, memory);
        this.valueOffset = new Ints(16, memory);
        this.valueLength = new Ints(16, memory);
        this.attributeUnit = new Ints(16, memory);
        this.linkTraceHigh = new Longs(4, memory);
        this.linkTraceLow = new Longs(4, memory);
        this.linkSpan = new Longs(4, memory);
    }

    String decodeString(int index) {
        int length = stringLength.get(index);
        return length == 0 ? "" : new String(wire, stringOffset.get(index), length, StandardCharsets.UTF_8);
    }
}
