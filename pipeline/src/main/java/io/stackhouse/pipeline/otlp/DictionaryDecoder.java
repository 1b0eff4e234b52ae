package io.stackhouse.pipeline.otlp;

import io.stackhouse.pipeline.batch.Columns.Ints;
import io.stackhouse.pipeline.batch.DictionaryColumns;
import io.stackhouse.pipeline.memory.DecodeMemory;

/**
 * Reads ProfilesDictionary of v1development, version 1, into columns. One per message, one thread.
 *
 * <p>A dictionary that comes in several pieces is put together in their order, as protobuf merges a repeated field. Tables that
 * are absent get their row 0, so that "not set" can always be looked up.
 */
final class DictionaryDecoder {
    private final WireReader in;
    private final DictionaryColumns columns;
    private final DecodeMemory memory;
    private final RowSet badLinks;
    private long stringBytes;

    DictionaryDecoder(WireReader in, DictionaryColumns columns, DecodeMemory memory) {
        this.in = in;
        this.columns = columns;
        this.memory = memory;
        this.badLinks = new RowSet(memory);
    }

    /** Rows of the link table with an id of a length that no id has. */
    RowSet badLinks() {
        return badLinks;
    }

    /** Reads the fields of a dictionary up to the reader's limit. */
    void read() {
        while (in.hasMore()) {
            int tag = in.tag();
            if ((tag & 7) != WireReader.LENGTH_DELIMITED || tag >>> 3 > 7) {
                in.skip(tag);
                continue;
            }
            int outer = in.enter();
            switch (tag >>> 3) {
                case 1 -> mapping();
                case 2 -> location();
                case 3 -> function();
                case 4 -> link();
                case 5 -> string();
                case 6 -> attribute();
                default -> stack();
            }
            in.leave(outer);
        }
    }

    /** Adds missing rows 0 and the ends of the last rows, and takes the memory of all strings, whether they are asked for or not. */
    void finish() {
        memory.take(stringBytes);
        addMissingZeroRows();
        columns.stackStart.add(columns.stackLocation.size());
        columns.lineStart.add(columns.lineFunction.size());
        columns.locationAttributeStart.add(columns.locationAttribute.size());
        columns.mappingAttributeStart.add(columns.mappingAttribute.size());
    }

    private void addMissingZeroRows() {
        if (columns.mappingFile.size() == 0) {
            mapping();
        }
        if (columns.locationMapping.size() == 0) {
            location();
        }
        if (columns.functionName.size() == 0) {
            function();
        }
        if (columns.linkSpan.size() == 0) {
            link();
        }
        if (columns.stringOffset.size() == 0) {
            columns.stringOffset.add(0);
            columns.stringLength.add(0);
        }
        if (columns.attributeKey.size() == 0) {
            attribute();
        }
        if (columns.stackStart.size() == 0) {
            stack();
        }
    }

    private void string() {
        columns.stringOffset.add(in.position());
        columns.stringLength.add(in.remaining());
        stringBytes += DecodeMemory.stringBytes(in.remaining());
    }

    private void mapping() {
        int row = columns.mappingFile.size();
        columns.mappingStart.add(0);
        columns.mappingLimit.add(0);
        columns.mappingOffset.add(0);
        columns.mappingFile.add(0);
        columns.mappingAttributeStart.add(columns.mappingAttribute.size());
        while (in.hasMore()) {
            int tag = in.tag();
            switch (tag) {
                case 1 << 3 -> columns.mappingStart.set(row, in.varint());
                case 2 << 3 -> columns.mappingLimit.set(row, in.varint());
                case 3 << 3 -> columns.mappingOffset.set(row, in.varint());
                case 4 << 3 -> columns.mappingFile.set(row, in.int32());
                case 5 << 3, 5 << 3 | 2 -> indices(tag, columns.mappingAttribute);
                default -> in.skip(tag);
            }
        }
    }

    private void location() {
        int row = columns.locationMapping.size();
        columns.locationMapping.add(0);
        columns.locationAddress.add(0);
        columns.lineStart.add(columns.lineFunction.size());
        columns.locationAttributeStart.add(columns.locationAttribute.size());
        while (in.hasMore()) {
            int tag = in.tag();
            switch (tag) {
                case 1 << 3 -> columns.locationMapping.set(row, in.int32());
                case 2 << 3 -> columns.locationAddress.set(row, in.varint());
                case 3 << 3 | 2 -> line();
                case 4 << 3, 4 << 3 | 2 -> indices(tag, columns.locationAttribute);
                default -> in.skip(tag);
            }
        }
    }

    private void line() {
        int outer = in.enter();
        int row = columns.lineFunction.size();
        columns.lineFunction.add(0);
        columns.lineNumber.add(0);
        columns.lineColumn.add(0);
        while (in.hasMore()) {
            int tag = in.tag();
            switch (tag) {
                case 1 << 3 -> columns.lineFunction.set(row, in.int32());
                case 2 << 3 -> columns.lineNumber.set(row, in.varint());
                case 3 << 3 -> columns.lineColumn.set(row, in.varint());
                default -> in.skip(tag);
            }
        }
        in.leave(outer);
    }

    private void function() {
        int row = columns.functionName.size();
        columns.functionName.add(0);
        columns.functionSystemName.add(0);
        columns.functionFile.add(0);
        columns.functionStartLine.add(0);
        while (in.hasMore()) {
            int tag = in.tag();
            switch (tag) {
                case 1 << 3 -> columns.functionName.set(row, in.int32());
                case 2 << 3 -> columns.functionSystemName.set(row, in.int32());
                case 3 << 3 -> columns.functionFile.set(row, in.int32());
                case 4 << 3 -> columns.functionStartLine.set(row, in.varint());
                default -> in.skip(tag);
            }
        }
    }

    private void link() {
        int row = columns.linkSpan.size();
        columns.linkTraceHigh.add(0);
        columns.linkTraceLow.add(0);
        columns.linkSpan.add(0);
        while (in.hasMore()) {
            int tag = in.tag();
            if (tag == (1 << 3 | 2)) {
                if (hasId(16, row)) {
                    columns.linkTraceHigh.set(row, bigEndian());
                    columns.linkTraceLow.set(row, bigEndian());
                }
            } else if (tag == (2 << 3 | 2)) {
                if (hasId(8, row)) {
                    columns.linkSpan.set(row, bigEndian());
                }
            } else {
                in.skip(tag);
            }
        }
    }

    /** Reads the length of an id; when it isn't the right one, the id is passed over. */
    private boolean hasId(int length, int row) {
        int end = in.delimitedEnd();
        int given = end - in.position();
        if (given == length) {
            return true;
        }
        if (given != 0) {
            badLinks.add(row);
        }
        in.skipTo(end);
        return false;
    }

    private long bigEndian() {
        return Long.reverseBytes(in.fixed64());
    }

    private void attribute() {
        int row = columns.attributeKey.size();
        columns.attributeKey.add(0);
        columns.valueOffset.add(in.position());
        columns.valueLength.add(in.remaining());
        columns.attributeUnit.add(0);
        while (in.hasMore()) {
            int tag = in.tag();
            switch (tag) {
                case 1 << 3 -> columns.attributeKey.set(row, in.int32());
                case 3 << 3 -> columns.attributeUnit.set(row, in.int32());
                default -> in.skip(tag);
            }
        }
    }

    private void stack() {
        columns.stackStart.add(columns.stackLocation.size());
        while (in.hasMore()) {
            int tag = in.tag();
            switch (tag) {
                case 1 << 3, 1 << 3 | 2 -> indices(tag, columns.stackLocation);
                default -> in.skip(tag);
            }
        }
    }

    private void indices(int tag, Ints target) {
        indices(in, tag, target);
    }

    /** A repeated int32, packed or not. */
    static void indices(WireReader in, int tag, Ints target) {
        if ((tag & 7) == WireReader.VARINT) {
            target.add(in.int32());
            return;
        }
        int outer = in.enter();
        while (in.hasMore()) {
            target.add(in.int32());
        }
        in.leave(outer);
    }
}
