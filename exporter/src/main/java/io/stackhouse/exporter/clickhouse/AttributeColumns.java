package io.stackhouse.exporter.clickhouse;

import io.stackhouse.exporter.clickhouse.block.LowCardinalityColumn;
import io.stackhouse.exporter.clickhouse.block.MapColumn;
import io.stackhouse.exporter.clickhouse.block.NativeBlock;
import io.stackhouse.exporter.clickhouse.block.StringColumn;
import io.stackhouse.pipeline.batch.Dictionary;
import io.stackhouse.pipeline.identity.ResourceHash;
import java.util.Arrays;

/**
 * The three columns that hold a dictionary's attributes row by row: a map of texts, the letters of their types in the map's order ('' when
 * all are strings), and their units in the same order ('' when none has one). One thread.
 *
 * <p>Rows mostly repeat a few sequences of types: up to {@value #PACKED_ATTRIBUTES} types are packed into a number, by which their
 * text is found again without being built.
 */
final class AttributeColumns {
    private static final String LETTERS = "sidbyame";
    private static final int BITS = 3;
    private static final int PACKED_ATTRIBUTES = 20;
    private static final int CACHED = 64;
    private static final char UNIT_SEPARATOR = ',';

    private final MapColumn map;
    private final LowCardinalityColumn types;
    private final LowCardinalityColumn units;
    private final AttributeEncoder encoder;
    private final StringBuilder rowTypes = new StringBuilder();
    private final StringBuilder rowUnits = new StringBuilder();
    private final long[] cachedTypes = new long[CACHED];
    private final int[] cachedIndex = new int[CACHED];
    private byte[] letter = new byte[0];
    private long packed;
    private int count;
    private boolean hasOtherThanStrings;
    private boolean hasUnits;

    /** @param name of the map's column; the others are called after it */
    AttributeColumns(NativeBlock block, String name) {
        String singular = name.substring(0, name.length() - 1);
        map = block.add(name, new MapColumn());
        types = block.add(singular + "Types", new LowCardinalityColumn());
        units = block.add(singular + "Units", new LowCardinalityColumn());
        encoder = new AttributeEncoder(map);
        Arrays.fill(cachedTypes, -1);
    }

    void open(Dictionary dictionary) {
        encoder.open(dictionary);
        if (letter.length < dictionary.attributeCount()) {
            letter = new byte[dictionary.attributeCount()];
        }
        Arrays.fill(letter, (byte) -1);
    }

    /** To be called when the block was cleared. */
    void clear() {
        encoder.forgetKeys();
        Arrays.fill(cachedTypes, -1);
    }

    void put(Dictionary dictionary, int attribute) {
        encoder.put(dictionary, attribute);
        putType(letterOf(dictionary, attribute));
        String unit = dictionary.attributeUnit(attribute);
        if (!unit.isEmpty() || hasUnits) {
            putUnit(unit);
        }
    }

    /** Adds an attribute of our own, a string. */
    void put(String key, String value) {
        map.put(key, value);
        putType(0);
        if (hasUnits) {
            putUnit("");
        }
    }

    /** Appends an attribute's value alone to a column of strings, if it is a string. */
    boolean appendIfString(Dictionary dictionary, int attribute, StringColumn column) {
        boolean isString = letterOf(dictionary, attribute) == 0;
        if (isString) {
            encoder.appendValue(dictionary, attribute, column);
        }
        return isString;
    }

    void endRow() {
        map.endRow();
        types.appendInterned(typesIndex());
        units.append(hasUnits ? rowUnits.toString() : "");
        rowTypes.setLength(0);
        rowUnits.setLength(0);
        packed = 0;
        count = 0;
        hasOtherThanStrings = false;
        hasUnits = false;
    }

    private int letterOf(Dictionary dictionary, int attribute) {
        if (letter[attribute] < 0) {
            letter[attribute] = (byte) LETTERS.indexOf(ResourceHash.typeCode(dictionary.attributeValue(attribute)));
        }
        return letter[attribute];
    }

    private void putType(int code) {
        hasOtherThanStrings |= code != 0;
        packed = (packed << BITS) | code;
        rowTypes.append(LETTERS.charAt(code));
        count++;
    }

    private void putUnit(String unit) {
        if (!hasUnits) {
            hasUnits = true;
            rowUnits.append(String.valueOf(UNIT_SEPARATOR).repeat(count - 1));
        } else if (count > 1) {
            rowUnits.append(UNIT_SEPARATOR);
        }
        rowUnits.append(unit);
    }

    private int typesIndex() {
        if (!hasOtherThanStrings) {
            return types.intern("");
        }
        if (count > PACKED_ATTRIBUTES) {
            return types.intern(rowTypes.toString());
        }
        long key = packed | (1L << (BITS * count));
        int slot = (int) ((key * 0x9E3779B97F4A7C15L) >>> 58);
        if (cachedTypes[slot] != key) {
            cachedTypes[slot] = key;
            cachedIndex[slot] = types.intern(rowTypes.toString());
        }
        return cachedIndex[slot];
    }
}
