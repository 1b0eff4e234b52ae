package io.stackhouse.pipeline.batch;

import io.stackhouse.pipeline.memory.DecodeMemory;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The tables that profiles refer to by index (OTLP ProfilesDictionary), as columns. Index 0 of each table means "not set".
 *
 * <p>Made once by a decoder and never changed after; a stage that wants other attributes makes a dictionary with more of them by
 * {@link AttributeRows}. Strings and attribute values are decoded at their first use and kept. Any thread may read, several at once:
 * what two of them decode at the same time is equal, and one of it is kept. Indices inside the tables have been checked by the decoder
 * for every row that a profile
 * of the batch can reach; rows that none reaches may hold anything.
 */
public final class Dictionary {
    private static final int REFERENCE_BYTES = 4;
    private static final String[] NONE = new String[0];
    private static final VarHandle ELEMENTS = MethodHandles.arrayElementVarHandle(AttributeValue[].class);

    private final DictionaryColumns columns;
    private final @Nullable String[] strings;
    private final @Nullable AttributeValue[] attributeValues;
    /** Keys and units of the rows behind those of the message. */
    private final String[] addedKeys;

    private final String[] addedUnits;

    public Dictionary(DictionaryColumns columns) {
        this.columns = columns;
        columns.memory.take(DecodeMemory.arrayBytes(columns.stringOffset.size(), REFERENCE_BYTES)
                + DecodeMemory.arrayBytes(columns.attributeKey.size(), REFERENCE_BYTES));
        this.strings = new String[columns.stringOffset.size()];
        this.attributeValues = new AttributeValue[columns.attributeKey.size()];
        this.addedKeys = NONE;
        this.addedUnits = NONE;
    }

    /** The same tables, with these rows behind the message's own attributes. */
    private Dictionary(
            Dictionary same, @Nullable AttributeValue[] attributeValues, String[] addedKeys, String[] addedUnits) {
        this.columns = same.columns;
        this.strings = same.strings;
        this.attributeValues = attributeValues;
        this.addedKeys = addedKeys;
        this.addedUnits = addedUnits;
    }

    /** A dictionary with more attributes behind its own; this one stays as it is. Both share what they have decoded of strings. */
    Dictionary with(List<String> keys, List<AttributeValue> values, List<String> units) {
        int before = attributeValues.length;
        int addedBefore = addedKeys.length;
        @Nullable AttributeValue[] allValues = Arrays.copyOf(attributeValues, before + values.size());
        String[] allKeys = Arrays.copyOf(addedKeys, addedBefore + keys.size());
        String[] allUnits = Arrays.copyOf(addedUnits, addedBefore + units.size());
        for (int i = 0; i < values.size(); i++) {
            allValues[before + i] = values.get(i);
            allKeys[addedBefore + i] = keys.get(i);
            allUnits[addedBefore + i] = units.get(i);
        }
        return new Dictionary(this, allValues, allKeys, allUnits);
    }

    public int stringCount() {
        return strings.length;
    }

    /** The string; malformed UTF-8 is replaced, not refused. */
    public String string(int index) {
        String known = strings[index];
        if (known != null) {
            return known;
        }
        String decoded = columns.decodeString(index);
        strings[index] = decoded;
        return decoded;
    }

    /** The bytes of the message that strings and values lie in. Not to be changed. */
    public byte[] wire() {
        return columns.wire;
    }

    public int stringOffset(int index) {
        return columns.stringOffset.get(index);
    }

    public int stringLength(int index) {
        return columns.stringLength.get(index);
    }

    public int stackCount() {
        return columns.stackStart.size() - 1;
    }

    /** First position of the stack's locations, leaf first, to be read with {@link #stackLocation}. */
    public int stackStart(int stack) {
        return columns.stackStart.get(stack);
    }

    /** Position after the stack's last location, its root. */
    public int stackEnd(int stack) {
        return columns.stackStart.get(stack + 1);
    }

    public int stackLocation(int position) {
        return columns.stackLocation.get(position);
    }

    public int locationCount() {
        return columns.locationMapping.size();
    }

    /** Index into the mapping table, 0 for none. */
    public int locationMapping(int location) {
        return columns.locationMapping.get(location);
    }

    /** ELF virtual address; 0 for none. */
    public long locationAddress(int location) {
        return columns.locationAddress.get(location);
    }

    /** First position of the location's lines: the innermost inlined function first, the last is the real function. */
    public int lineStart(int location) {
        return columns.lineStart.get(location);
    }

    public int lineEnd(int location) {
        return columns.lineStart.get(location + 1);
    }

    public int lineFunction(int position) {
        return columns.lineFunction.get(position);
    }

    public long lineNumber(int position) {
        return columns.lineNumber.get(position);
    }

    public long lineColumn(int position) {
        return columns.lineColumn.get(position);
    }

    public int locationAttributeStart(int location) {
        return columns.locationAttributeStart.get(location);
    }

    public int locationAttributeEnd(int location) {
        return columns.locationAttributeStart.get(location + 1);
    }

    /** Index into the attribute table. */
    public int locationAttribute(int position) {
        return columns.locationAttribute.get(position);
    }

    public int functionCount() {
        return columns.functionName.size();
    }

    /** String index. */
    public int functionName(int function) {
        return columns.functionName.get(function);
    }

    /** String index. */
    public int functionSystemName(int function) {
        return columns.functionSystemName.get(function);
    }

    /** String index. */
    public int functionFile(int function) {
        return columns.functionFile.get(function);
    }

    public long functionStartLine(int function) {
        return columns.functionStartLine.get(function);
    }

    public int mappingCount() {
        return columns.mappingFile.size();
    }

    public long mappingMemoryStart(int mapping) {
        return columns.mappingStart.get(mapping);
    }

    public long mappingMemoryLimit(int mapping) {
        return columns.mappingLimit.get(mapping);
    }

    public long mappingFileOffset(int mapping) {
        return columns.mappingOffset.get(mapping);
    }

    /** String index. */
    public int mappingFile(int mapping) {
        return columns.mappingFile.get(mapping);
    }

    public int mappingAttributeStart(int mapping) {
        return columns.mappingAttributeStart.get(mapping);
    }

    public int mappingAttributeEnd(int mapping) {
        return columns.mappingAttributeStart.get(mapping + 1);
    }

    /** Index into the attribute table. */
    public int mappingAttribute(int position) {
        return columns.mappingAttribute.get(position);
    }

    public int attributeCount() {
        return attributeValues.length;
    }

    public String attributeKey(int attribute) {
        int own = columns.attributeKey.size();
        return attribute < own ? string(columns.attributeKey.get(attribute)) : addedKeys[attribute - own];
    }

    /** String index of the key of an attribute that came with the message. */
    public int attributeKeyString(int attribute) {
        return columns.attributeKey.get(attribute);
    }

    public AttributeValue attributeValue(int attribute) {
        AttributeValue known = (AttributeValue) ELEMENTS.getAcquire(attributeValues, attribute);
        if (known != null) {
            return known;
        }
        AttributeValue decoded =
                columns.valueReader.read(this, columns.valueOffset.get(attribute), columns.valueLength.get(attribute));
        // Arrays and maps are filled after they are made: only a release shows them whole to another reader.
        ELEMENTS.setRelease(attributeValues, attribute, decoded);
        return decoded;
    }

    /** UCUM unit of the attribute, empty when implied by its key. */
    public String attributeUnit(int attribute) {
        int own = columns.attributeKey.size();
        return attribute < own ? string(columns.attributeUnit.get(attribute)) : addedUnits[attribute - own];
    }

    public int linkCount() {
        return columns.linkSpan.size();
    }

    /** The first 8 bytes of the trace id, big endian. */
    public long linkTraceHigh(int link) {
        return columns.linkTraceHigh.get(link);
    }

    /** The last 8 bytes of the trace id, big endian. */
    public long linkTraceLow(int link) {
        return columns.linkTraceLow.get(link);
    }

    /** The span id's 8 bytes, big endian. */
    public long linkSpan(int link) {
        return columns.linkSpan.get(link);
    }
}
