package io.stackhouse.pipeline.otlp;

import io.stackhouse.pipeline.batch.AttributeValue;
import io.stackhouse.pipeline.batch.Dictionary;
import java.nio.charset.StandardCharsets;

/**
 * Writes those rows of a dictionary that somebody asks for into a new dictionary: equal rows become one, row 0 of each table is its
 * zero value. Each method gives the new index of an old one. One use, one thread.
 */
final class DictionaryRows {
    private final Dictionary from;
    private final RowInterner mappings = table();
    private final RowInterner locations = table();
    private final RowInterner functions = table();
    private final RowInterner links = table();
    private final RowInterner strings = table();
    private final RowInterner attributes = table();
    private final RowInterner stacks = table();

    /** For each old row its new index and one, 0 when it is not written yet. */
    private final int[] knownMappings;

    private final int[] knownLocations;
    private final int[] knownFunctions;
    private final int[] knownLinks;
    private final int[] knownStrings;
    private final int[] knownAttributes;
    private final int[] knownStacks;

    private final WireWriter row = new WireWriter(256);
    private final WireWriter inner = new WireWriter(64);
    private final WireWriter text = new WireWriter(64);
    private int[] indices = new int[64];

    DictionaryRows(Dictionary from) {
        this.from = from;
        knownMappings = new int[from.mappingCount()];
        knownLocations = new int[from.locationCount()];
        knownFunctions = new int[from.functionCount()];
        knownLinks = new int[from.linkCount()];
        knownStrings = new int[from.stringCount()];
        knownAttributes = new int[from.attributeCount()];
        knownStacks = new int[from.stackCount()];
    }

    private static RowInterner table() {
        RowInterner table = new RowInterner();
        int unused = table.intern(new WireWriter(0));
        return table;
    }

    int string(int index) {
        if (knownStrings[index] == 0) {
            text.clear();
            text.raw(from.wire(), from.stringOffset(index), from.stringLength(index));
            knownStrings[index] = strings.intern(text) + 1;
        }
        return knownStrings[index] - 1;
    }

    int string(String value) {
        text.clear();
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        text.raw(utf8, 0, utf8.length);
        return strings.intern(text);
    }

    int attribute(int index) {
        if (knownAttributes[index] == 0) {
            knownAttributes[index] =
                    attribute(from.attributeKey(index), from.attributeValue(index), from.attributeUnit(index)) + 1;
        }
        return knownAttributes[index] - 1;
    }

    int attribute(String key, AttributeValue value, String unit) {
        int keyIndex = string(key);
        int unitIndex = string(unit);
        inner.clear();
        AnyValueWriter.value(inner, value);
        row.clear();
        row.int64Field(1, keyIndex);
        if (inner.size() > 0) {
            row.messageField(2, inner);
        }
        row.int64Field(3, unitIndex);
        return attributes.intern(row);
    }

    private int mapping(int index) {
        if (knownMappings[index] == 0) {
            int file = string(from.mappingFile(index));
            int start = from.mappingAttributeStart(index);
            int count = from.mappingAttributeEnd(index) - start;
            int[] own = new int[count];
            for (int i = 0; i < count; i++) {
                own[i] = attribute(from.mappingAttribute(start + i));
            }
            row.clear();
            row.int64Field(1, from.mappingMemoryStart(index));
            row.int64Field(2, from.mappingMemoryLimit(index));
            row.int64Field(3, from.mappingFileOffset(index));
            row.int64Field(4, file);
            row.packedField(5, own, count);
            knownMappings[index] = mappings.intern(row) + 1;
        }
        return knownMappings[index] - 1;
    }

    private int function(int index) {
        if (knownFunctions[index] == 0) {
            int name = string(from.functionName(index));
            int systemName = string(from.functionSystemName(index));
            int file = string(from.functionFile(index));
            row.clear();
            row.int64Field(1, name);
            row.int64Field(2, systemName);
            row.int64Field(3, file);
            row.int64Field(4, from.functionStartLine(index));
            knownFunctions[index] = functions.intern(row) + 1;
        }
        return knownFunctions[index] - 1;
    }

    private int location(int index) {
        if (knownLocations[index] == 0) {
            knownLocations[index] = newLocation(index) + 1;
        }
        return knownLocations[index] - 1;
    }

    private int newLocation(int index) {
        int mapping = mapping(from.locationMapping(index));
        int firstLine = from.lineStart(index);
        int[] lineFunctions = new int[from.lineEnd(index) - firstLine];
        for (int i = 0; i < lineFunctions.length; i++) {
            lineFunctions[i] = function(from.lineFunction(firstLine + i));
        }
        int start = from.locationAttributeStart(index);
        int[] own = new int[from.locationAttributeEnd(index) - start];
        for (int i = 0; i < own.length; i++) {
            own[i] = attribute(from.locationAttribute(start + i));
        }
        row.clear();
        row.int64Field(1, mapping);
        row.int64Field(2, from.locationAddress(index));
        for (int i = 0; i < lineFunctions.length; i++) {
            inner.clear();
            inner.int64Field(1, lineFunctions[i]);
            inner.int64Field(2, from.lineNumber(firstLine + i));
            inner.int64Field(3, from.lineColumn(firstLine + i));
            row.messageField(3, inner);
        }
        row.packedField(4, own, own.length);
        return locations.intern(row);
    }

    int stack(int index) {
        if (knownStacks[index] == 0) {
            int start = from.stackStart(index);
            int count = from.stackEnd(index) - start;
            if (indices.length < count) {
                indices = new int[count];
            }
            for (int i = 0; i < count; i++) {
                indices[i] = location(from.stackLocation(start + i));
            }
            row.clear();
            row.packedField(1, indices, count);
            knownStacks[index] = stacks.intern(row) + 1;
        }
        return knownStacks[index] - 1;
    }

    int link(int index) {
        if (knownLinks[index] == 0) {
            long high = from.linkTraceHigh(index);
            long low = from.linkTraceLow(index);
            long span = from.linkSpan(index);
            row.clear();
            if ((high | low | span) != 0) {
                row.lengthDelimited(1, 2 * Long.BYTES);
                row.fixed64(Long.reverseBytes(high));
                row.fixed64(Long.reverseBytes(low));
                row.lengthDelimited(2, Long.BYTES);
                row.fixed64(Long.reverseBytes(span));
            }
            knownLinks[index] = links.intern(row) + 1;
        }
        return knownLinks[index] - 1;
    }

    /** The content of a ProfilesDictionary. */
    void writeTo(WireWriter out) {
        mappings.writeTo(out, 1);
        locations.writeTo(out, 2);
        functions.writeTo(out, 3);
        links.writeTo(out, 4);
        strings.writeTo(out, 5);
        attributes.writeTo(out, 6);
        stacks.writeTo(out, 7);
    }
}
