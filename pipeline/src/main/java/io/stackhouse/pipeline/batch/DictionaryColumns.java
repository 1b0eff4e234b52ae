package io.stackhouse.pipeline.batch;

import io.stackhouse.pipeline.batch.Columns.Ints;
import io.stackhouse.pipeline.batch.Columns.Longs;
import io.stackhouse.pipeline.memory.DecodeMemory;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

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
        this(wire, valueReader, DecodeMemory.unbounded(), null);
    }

    /**
     * Makes empty columns.
     *
     * @param wire the message; strings and attribute values stay in it
     * @param valueReader decodes an attribute's value when it is first asked for
     * @param memory what the columns are charged to as they grow
     * @param arrays where they are filled; {@link #pack} them before these are used again
     */
    public DictionaryColumns(byte[] wire, ValueReader valueReader, DecodeMemory memory, @Nullable ColumnArrays arrays) {
        this.wire = wire;
        this.valueReader = valueReader;
        this.memory = memory;
        this.stringOffset = new Ints(memory, arrays);
        this.stringLength = new Ints(memory, arrays);
        this.stackStart = new Ints(memory, arrays);
        this.stackLocation = new Ints(memory, arrays);
        this.locationMapping = new Ints(memory, arrays);
        this.locationAddress = new Longs(memory, arrays);
        this.lineStart = new Ints(memory, arrays);
        this.lineFunction = new Ints(memory, arrays);
        this.lineNumber = new Longs(memory, arrays);
        this.lineColumn = new Longs(memory, arrays);
        this.locationAttributeStart = new Ints(memory, arrays);
        this.locationAttribute = new Ints(memory, arrays);
        this.functionName = new Ints(memory, arrays);
        this.functionSystemName = new Ints(memory, arrays);
        this.functionFile = new Ints(memory, arrays);
        this.functionStartLine = new Longs(memory, arrays);
        this.mappingStart = new Longs(memory, arrays);
        this.mappingLimit = new Longs(memory, arrays);
        this.mappingOffset = new Longs(memory, arrays);
        this.mappingFile = new Ints(memory, arrays);
        this.mappingAttributeStart = new Ints(memory, arrays);
        this.mappingAttribute = new Ints(memory, arrays);
        this.attributeKey = new Ints(memory, arrays);
        this.valueOffset = new Ints(memory, arrays);
        this.valueLength = new Ints(memory, arrays);
        this.attributeUnit = new Ints(memory, arrays);
        this.linkTraceHigh = new Longs(memory, arrays);
        this.linkTraceLow = new Longs(memory, arrays);
        this.linkSpan = new Longs(memory, arrays);
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

    /** Gives up the arrays that the columns were filled in. */
    public void pack() {
        stringOffset.pack();
        stringLength.pack();
        stackStart.pack();
        stackLocation.pack();
        locationMapping.pack();
        locationAddress.pack();
        lineStart.pack();
        lineFunction.pack();
        lineNumber.pack();
        lineColumn.pack();
        locationAttributeStart.pack();
        locationAttribute.pack();
        functionName.pack();
        functionSystemName.pack();
        functionFile.pack();
        functionStartLine.pack();
        mappingStart.pack();
        mappingLimit.pack();
        mappingOffset.pack();
        mappingFile.pack();
        mappingAttributeStart.pack();
        mappingAttribute.pack();
        attributeKey.pack();
        valueOffset.pack();
        valueLength.pack();
        attributeUnit.pack();
        linkTraceHigh.pack();
        linkTraceLow.pack();
        linkSpan.pack();
    }

    String decodeString(int index) {
        int length = stringLength.get(index);
        return length == 0 ? "" : new String(wire, stringOffset.get(index), length, StandardCharsets.UTF_8);
    }
}
