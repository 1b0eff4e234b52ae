package io.stackhouse.exporter.clickhouse;

import io.stackhouse.exporter.clickhouse.block.ByteSink;
import io.stackhouse.exporter.clickhouse.block.MapColumn;
import io.stackhouse.exporter.clickhouse.block.StringColumn;
import io.stackhouse.pipeline.batch.Dictionary;
import java.util.Arrays;

/**
 * Writes a dictionary's attributes into map columns; each value is turned into text and UTF-8 once per batch, however many samples
 * have it. One thread.
 */
final class AttributeEncoder {
    private static final int UNKNOWN = -1;

    private final MapColumn map;
    private final ByteSink texts = new ByteSink(1024);
    private int[] start = new int[0];
    private int[] length = new int[0];
    private int[] keyIndex = new int[0];

    AttributeEncoder(MapColumn map) {
        this.map = map;
    }

    /** Forgets the last batch's attributes. */
    void open(Dictionary dictionary) {
        int attributes = dictionary.attributeCount();
        if (start.length < attributes) {
            start = new int[attributes];
            length = new int[attributes];
            keyIndex = new int[attributes];
        }
        Arrays.fill(start, 0, attributes, UNKNOWN);
        texts.clear();
        forgetKeys();
    }

    /** To be called when the column was cleared: its dictionary of keys is a new one. */
    void forgetKeys() {
        Arrays.fill(keyIndex, UNKNOWN);
    }

    void put(Dictionary dictionary, int attribute) {
        if (keyIndex[attribute] == UNKNOWN) {
            keyIndex[attribute] = map.keys().intern(dictionary.attributeKey(attribute));
        }
        encode(dictionary, attribute);
        map.keys().appendInterned(keyIndex[attribute]);
        map.values().appendEncoded(texts, start[attribute], length[attribute]);
    }

    /** Appends an attribute's value alone to a column of strings. */
    void appendValue(Dictionary dictionary, int attribute, StringColumn column) {
        encode(dictionary, attribute);
        column.appendEncoded(texts, start[attribute], length[attribute]);
    }

    private void encode(Dictionary dictionary, int attribute) {
        if (start[attribute] == UNKNOWN) {
            int from = texts.size();
            texts.writeText(dictionary.attributeValue(attribute).text());
            start[attribute] = from;
            length[attribute] = texts.size() - from;
        }
    }
}
