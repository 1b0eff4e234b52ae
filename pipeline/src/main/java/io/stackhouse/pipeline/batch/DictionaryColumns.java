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
        this.stringOffset = new Ints(memory);
        this.stringLength = new Ints(memory);
        this.stackStart = new Ints(memory);
        this.stackLocation = new Ints(memory);
        this.locationMapping = new Ints(memory);
        this.locationAddress = new Longs(memory);
        this.lineStart = new Ints(memory);
        this.lineFunction = new Ints(memory);
        this.lineNumber = new Longs(memory);
        this.lineColumn = new Longs(memory);
        this.locationAttributeStart = new Ints(memory);
        this.locationAttribute = new Ints(memory);
        this.functionName = new Ints(memory);
        this.functionSystemName = new Ints(memory);
        this.functionFile = new Ints(memory);
        this.functionStartLine = new Longs(memory);
        this.mappingStart = new Longs(memory);
        this.mappingLimit = new Longs(memory);
        this.mappingOffset = new Longs(memory);
        this.mappingFile = new Ints(memory);
        this.mappingAttributeStart = new Ints(memory);
        this.mappingAttribute = new Ints(memory);
        this.attributeKey = new Ints(memory);
        this.valueOffset = new Ints(memory);
        this.valueLength = new Ints(memory);
        this.attributeUnit = new Ints(memory);
        this.linkTraceHigh = new Longs(memory);
        this.linkTraceLow = new Longs(memory);
        this.linkSpan = new Longs(memory);
    }

    /** How many rows the tables have. */
    public record Rows(
            int mappings, int locations, int functions, int links, int strings, int attributes, int stacks) {}

    /** Says how many rows there will be, and one more for the end of the last. */
    public void reserve(Rows rows) {
        stringOffset.reserve(rows.strings);
        stringLength.reserve(rows.strings);
        stackStart.reserve(rows.stacks + 1);
        locationMapping.reserve(rows.locations);
        locationAddress.reserve(rows.locations);
        lineStart.reserve(rows.locations + 1);
        locationAttributeStart.reserve(rows.locations + 1);
        functionName.reserve(rows.functions);
        functionSystemName.reserve(rows.functions);
        functionFile.reserve(rows.functions);
        functionStartLine.reserve(rows.functions);
        mappingStart.reserve(rows.mappings);
        mappingLimit.reserve(rows.mappings);
        mappingOffset.reserve(rows.mappings);
        mappingFile.reserve(rows.mappings);
        mappingAttributeStart.reserve(rows.mappings + 1);
        attributeKey.reserve(rows.attributes);
        valueOffset.reserve(rows.attributes);
        valueLength.reserve(rows.attributes);
        attributeUnit.reserve(rows.attributes);
        linkTraceHigh.reserve(rows.links);
        linkTraceLow.reserve(rows.links);
        linkSpan.reserve(rows.links);
    }

    String decodeString(int index) {
        int length = stringLength.get(index);
        return length == 0 ? "" : new String(wire, stringOffset.get(index), length, StandardCharsets.UTF_8);
    }
}
