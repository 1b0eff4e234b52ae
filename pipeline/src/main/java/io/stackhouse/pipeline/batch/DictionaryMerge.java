package io.stackhouse.pipeline.batch;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes one dictionary of what is used of several. Rows of equal content get one index, whichever dictionaries they come from;
 * contents are compared, not hashes. Row 0 of each table is its zero value.
 *
 * <p>A row here is a row of ints that refers to other tables by their new indices: a location, for example, is {mapping, address
 * (2 ints), number of lines, 5 ints per line, attributes}. So equal content is equal ints, from the strings up.
 *
 * <p>One thread. A source dictionary is read while it is the current one, and not kept. Nothing is allocated for what is known of
 * the current source, beyond growth. There is no bound here: the owner looks at {@link #byteCount}.
 */
public final class DictionaryMerge {
    private static final Dictionary NO_SOURCE = emptyDictionary();
    private static final int INTS_PER_LINE = 5;
    private static final int FIRST_LINE = 4;

    private final ByteRows strings = new ByteRows();
    private final IntRows functions = new IntRows();
    private final IntRows mappings = new IntRows();
    private final IntRows locations = new IntRows();
    private final IntRows stacks = new IntRows();
    private final IntRows links = new IntRows();
    private final IntRows attributes = new IntRows();
    private final List<AttributeValue> values = new ArrayList<>();
    private final Map<AttributeValue, Integer> valueIndices = new HashMap<>();
    private long valueBytes;

    private Dictionary source = NO_SOURCE;
    private final Known knownStrings = new Known();
    private final Known knownFunctions = new Known();
    private final Known knownMappings = new Known();
    private final Known knownLocations = new Known();
    private final Known knownStacks = new Known();
    private final Known knownLinks = new Known();
    private final Known knownAttributes = new Known();

    /** Rows under construction, the innermost on top. */
    private int[] building = new int[256];

    private int top;

    public DictionaryMerge() {
        clear();
    }

    /** What the indices of the source's table became. */
    private static final class Known {
        private int[] indices = new int[64];
        private int count;

        void open(int rows) {
            count = rows;
            if (indices.length < rows) {
                indices = new int[Math.max(rows, indices.length * 2)];
            } else {
                Arrays.fill(indices, 0, rows, 0);
            }
        }

        /** The new index and 1; 0 when it isn't known yet. A table without the row has the zero value there. */
        int get(int index) {
            return index < count ? indices[index] : 1;
        }

        int put(int index, int merged) {
            indices[index] = merged + 1;
            return merged;
        }
    }

    private static Dictionary emptyDictionary() {
        DictionaryColumns columns =
                new DictionaryColumns(new byte[0], (dictionary, offset, length) -> AttributeValue.empty());
        columns.stackStart.add(0);
        return new Dictionary(columns);
    }

    /** Forgets everything; keeps its memory. */
    public void clear() {
        source(NO_SOURCE);
        strings.clear();
        values.clear();
        valueIndices.clear();
        valueBytes = 0;
        for (IntRows table : List.of(functions, mappings, locations, stacks, links, attributes)) {
            table.clear();
        }
        strings.intern(new byte[0], 0, 0);
        int[] zeros = new int[7];
        functions.intern(zeros, 0, 5);
        mappings.intern(zeros, 0, 7);
        locations.intern(zeros, 0, FIRST_LINE);
        stacks.intern(zeros, 0, 0);
        links.intern(zeros, 0, 6);
        value(AttributeValue.empty());
        attributes.intern(zeros, 0, 3);
    }

    /** From now on indices are those of this dictionary. */
    public void source(Dictionary dictionary) {
        source = dictionary;
        top = 0;
        knownStrings.open(dictionary.stringCount());
        knownFunctions.open(dictionary.functionCount());
        knownMappings.open(dictionary.mappingCount());
        knownLocations.open(dictionary.locationCount());
        knownStacks.open(dictionary.stackCount());
        knownLinks.open(dictionary.linkCount());
        knownAttributes.open(dictionary.attributeCount());
    }

    /** Forgets the current source, so that it can be collected. */
    public void endSource() {
        source(NO_SOURCE);
    }

    /** About what has been merged takes in memory, in bytes. */
    public long byteCount() {
        return strings.byteCount()
                + functions.byteCount()
                + mappings.byteCount()
                + locations.byteCount()
                + stacks.byteCount()
                + links.byteCount()
                + attributes.byteCount()
                + valueBytes;
    }

    /** The new index of a stack of the source. */
    public int stack(int index) {
        int known = knownStacks.get(index);
        if (known != 0) {
            return known - 1;
        }
        int from = top;
        for (int i = source.stackStart(index); i < source.stackEnd(index); i++) {
            push(location(source.stackLocation(i)));
        }
        return knownStacks.put(index, intern(stacks, from));
    }

    /** The new index of a link of the source. */
    public int link(int index) {
        int known = knownLinks.get(index);
        if (known != 0) {
            return known - 1;
        }
        int from = top;
        push(source.linkTraceHigh(index));
        push(source.linkTraceLow(index));
        push(source.linkSpan(index));
        return knownLinks.put(index, intern(links, from));
    }

    /** The new index of an attribute of the source. */
    public int attribute(int index) {
        int known = knownAttributes.get(index);
        if (known != 0) {
            return known - 1;
        }
        int from = top;
        push(string(source.attributeKey(index)));
        push(string(source.attributeUnit(index)));
        push(value(source.attributeValue(index)));
        return knownAttributes.put(index, intern(attributes, from));
    }

    private int location(int index) {
        int known = knownLocations.get(index);
        if (known != 0) {
            return known - 1;
        }
        int from = top;
        push(mapping(source.locationMapping(index)));
        push(source.locationAddress(index));
        int lineEnd = source.lineEnd(index);
        push(lineEnd - source.lineStart(index));
        for (int i = source.lineStart(index); i < lineEnd; i++) {
            push(function(source.lineFunction(i)));
            push(source.lineNumber(i));
            push(source.lineColumn(i));
        }
        for (int i = source.locationAttributeStart(index); i < source.locationAttributeEnd(index); i++) {
            push(attribute(source.locationAttribute(i)));
        }
        return knownLocations.put(index, intern(locations, from));
    }

    private int function(int index) {
        int known = knownFunctions.get(index);
        if (known != 0) {
            return known - 1;
        }
        int from = top;
        push(string(source.functionName(index)));
        push(string(source.functionSystemName(index)));
        push(string(source.functionFile(index)));
        push(source.functionStartLine(index));
        return knownFunctions.put(index, intern(functions, from));
    }

    private int mapping(int index) {
        int known = knownMappings.get(index);
        if (known != 0) {
            return known - 1;
        }
        int from = top;
        push(source.mappingMemoryStart(index));
        push(source.mappingMemoryLimit(index));
        push(source.mappingFileOffset(index));
        push(string(source.mappingFile(index)));
        for (int i = source.mappingAttributeStart(index); i < source.mappingAttributeEnd(index); i++) {
            push(attribute(source.mappingAttribute(i)));
        }
        return knownMappings.put(index, intern(mappings, from));
    }

    private int string(int index) {
        int known = knownStrings.get(index);
        if (known != 0) {
            return known - 1;
        }
        int merged = strings.intern(source.wire(), source.stringOffset(index), source.stringLength(index));
        return knownStrings.put(index, merged);
    }

    /** Of keys and units, which aren't always in the source's table of strings. */
    private int string(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return strings.intern(utf8, 0, utf8.length);
    }

    private int value(AttributeValue value) {
        Integer known = valueIndices.get(value);
        if (known != null) {
            return known;
        }
        int index = values.size();
        values.add(value);
        valueIndices.put(value, index);
        valueBytes += 96
                + 2L
                        * (value instanceof AttributeValue.LongValue
                                ? 0
                                : value.text().length());
        return index;
    }

    private void push(int value) {
        if (top == building.length) {
            building = Arrays.copyOf(building, top * 2);
        }
        building[top++] = value;
    }

    private void push(long value) {
        push((int) (value >>> 32));
        push((int) value);
    }

    private int intern(IntRows table, int from) {
        int index = table.intern(building, from, top);
        top = from;
        return index;
    }

    /** A dictionary of all that was merged; it shares nothing with this. */
    public Dictionary build() {
        AttributeValue[] kept = values.toArray(AttributeValue[]::new);
        DictionaryColumns columns =
                new DictionaryColumns(strings.copyOfBytes(), (dictionary, index, length) -> kept[index]);
        columns.reserve(new DictionaryColumns.Rows(
                mappings.count(),
                locations.count(),
                functions.count(),
                links.count(),
                strings.count(),
                attributes.count(),
                stacks.count()));
        for (int i = 0; i < strings.count(); i++) {
            columns.stringOffset.add(strings.start(i));
            columns.stringLength.add(strings.length(i));
        }
        fillFunctions(columns);
        fillMappings(columns);
        fillLocations(columns);
        fillStacks(columns);
        for (int i = 0; i < links.count(); i++) {
            int at = links.start(i);
            columns.linkTraceHigh.add(wide(links, at));
            columns.linkTraceLow.add(wide(links, at + 2));
            columns.linkSpan.add(wide(links, at + 4));
        }
        for (int i = 0; i < attributes.count(); i++) {
            int at = attributes.start(i);
            columns.attributeKey.add(attributes.get(at));
            columns.attributeUnit.add(attributes.get(at + 1));
            columns.valueOffset.add(attributes.get(at + 2));
            columns.valueLength.add(0);
        }
        return new Dictionary(columns);
    }

    private void fillFunctions(DictionaryColumns columns) {
        for (int i = 0; i < functions.count(); i++) {
            int at = functions.start(i);
            columns.functionName.add(functions.get(at));
            columns.functionSystemName.add(functions.get(at + 1));
            columns.functionFile.add(functions.get(at + 2));
            columns.functionStartLine.add(wide(functions, at + 3));
        }
    }

    private void fillMappings(DictionaryColumns columns) {
        for (int i = 0; i < mappings.count(); i++) {
            int at = mappings.start(i);
            columns.mappingStart.add(wide(mappings, at));
            columns.mappingLimit.add(wide(mappings, at + 2));
            columns.mappingOffset.add(wide(mappings, at + 4));
            columns.mappingFile.add(mappings.get(at + 6));
            columns.mappingAttributeStart.add(columns.mappingAttribute.size());
            for (int k = at + 7; k < mappings.end(i); k++) {
                columns.mappingAttribute.add(mappings.get(k));
            }
        }
        columns.mappingAttributeStart.add(columns.mappingAttribute.size());
    }

    private void fillLocations(DictionaryColumns columns) {
        for (int i = 0; i < locations.count(); i++) {
            int at = locations.start(i);
            columns.locationMapping.add(locations.get(at));
            columns.locationAddress.add(wide(locations, at + 1));
            columns.lineStart.add(columns.lineFunction.size());
            int linesEnd = at + FIRST_LINE + INTS_PER_LINE * locations.get(at + 3);
            for (int k = at + FIRST_LINE; k < linesEnd; k += INTS_PER_LINE) {
                columns.lineFunction.add(locations.get(k));
                columns.lineNumber.add(wide(locations, k + 1));
                columns.lineColumn.add(wide(locations, k + 3));
            }
            columns.locationAttributeStart.add(columns.locationAttribute.size());
            for (int k = linesEnd; k < locations.end(i); k++) {
                columns.locationAttribute.add(locations.get(k));
            }
        }
        columns.lineStart.add(columns.lineFunction.size());
        columns.locationAttributeStart.add(columns.locationAttribute.size());
    }

    private void fillStacks(DictionaryColumns columns) {
        for (int i = 0; i < stacks.count(); i++) {
            columns.stackStart.add(columns.stackLocation.size());
            for (int k = stacks.start(i); k < stacks.end(i); k++) {
                columns.stackLocation.add(stacks.get(k));
            }
        }
        columns.stackStart.add(columns.stackLocation.size());
    }

    private static long wide(IntRows table, int position) {
        return ((long) table.get(position) << 32) | (table.get(position + 1) & 0xffff_ffffL);
    }
}
