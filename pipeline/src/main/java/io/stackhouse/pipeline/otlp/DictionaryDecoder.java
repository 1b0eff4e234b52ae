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
    private static final int MAPPING = 1;
    private static final int LOCATION = 2;
    private static final int FUNCTION = 3;
    private static final int LINK = 4;
    private static final int STRING = 5;
    private static final int ATTRIBUTE = 6;
    private static final int STACK = 7;
    private static final int TABLES = STACK;

    private final UsualRows usual;
    private final WireReader in;
    private final DictionaryColumns columns;
    private final DecodeMemory memory;
    private final RowSet badLinks;
    private long stringBytes;

    DictionaryDecoder(WireReader in, DictionaryColumns columns, DecodeMemory memory) {
        this.usual = new UsualRows(in.source(), columns);
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
            in.skipTo(usual.read(in.position(), in.limit()));
            if (in.hasMore()) {
                readField();
            }
        }
    }

    private void readField() {
        int tag = in.tag();
        if ((tag & 7) != WireReader.LENGTH_DELIMITED || tag >>> 3 > TABLES) {
            in.skip(tag);
            return;
        }
        int outer = in.enter();
        switch (tag >>> 3) {
            case MAPPING -> mapping();
            case LOCATION -> location();
            case FUNCTION -> function();
            case LINK -> link();
            case STRING -> string();
            case ATTRIBUTE -> attribute();
            default -> stack();
        }
        in.leave(outer);
    }

    /** Adds missing rows 0 and the ends of the last rows, and takes the memory of all strings, whether they are asked for or not. */
    void finish() {
        memory.take(stringBytes + usual.stringBytes());
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
        long start = 0;
        long limit = 0;
        long offset = 0;
        int file = 0;
        columns.mappingAttributeStart.add(columns.mappingAttribute.size());
        while (in.hasMore()) {
            int tag = in.tag();
            switch (tag) {
                case 1 << 3 -> start = in.varint();
                case 2 << 3 -> limit = in.varint();
                case 3 << 3 -> offset = in.varint();
                case 4 << 3 -> file = in.int32();
                case 5 << 3, 5 << 3 | 2 -> indices(tag, columns.mappingAttribute);
                default -> in.skip(tag);
            }
        }
        columns.mappingStart.add(start);
        columns.mappingLimit.add(limit);
        columns.mappingOffset.add(offset);
        columns.mappingFile.add(file);
    }

    private void location() {
        int mapping = 0;
        long address = 0;
        columns.lineStart.add(columns.lineFunction.size());
        columns.locationAttributeStart.add(columns.locationAttribute.size());
        while (in.hasMore()) {
            int tag = in.tag();
            switch (tag) {
                case 1 << 3 -> mapping = in.int32();
                case 2 << 3 -> address = in.varint();
                case 3 << 3 | 2 -> line();
                case 4 << 3, 4 << 3 | 2 -> indices(tag, columns.locationAttribute);
                default -> in.skip(tag);
            }
        }
        columns.locationMapping.add(mapping);
        columns.locationAddress.add(address);
    }

    private void line() {
        int outer = in.enter();
        int function = 0;
        long line = 0;
        long column = 0;
        while (in.hasMore()) {
            int tag = in.tag();
            switch (tag) {
                case 1 << 3 -> function = in.int32();
                case 2 << 3 -> line = in.varint();
                case 3 << 3 -> column = in.varint();
                default -> in.skip(tag);
            }
        }
        in.leave(outer);
        columns.lineFunction.add(function);
        columns.lineNumber.add(line);
        columns.lineColumn.add(column);
    }

    private void function() {
        int name = 0;
        int systemName = 0;
        int file = 0;
        long startLine = 0;
        while (in.hasMore()) {
            int tag = in.tag();
            switch (tag) {
                case 1 << 3 -> name = in.int32();
                case 2 << 3 -> systemName = in.int32();
                case 3 << 3 -> file = in.int32();
                case 4 << 3 -> startLine = in.varint();
                default -> in.skip(tag);
            }
        }
        columns.functionName.add(name);
        columns.functionSystemName.add(systemName);
        columns.functionFile.add(file);
        columns.functionStartLine.add(startLine);
    }

    private void link() {
        int row = columns.linkSpan.size();
        long traceHigh = 0;
        long traceLow = 0;
        long span = 0;
        while (in.hasMore()) {
            int tag = in.tag();
            if (tag == (1 << 3 | 2)) {
                if (hasId(16, row)) {
                    traceHigh = bigEndian();
                    traceLow = bigEndian();
                }
            } else if (tag == (2 << 3 | 2)) {
                if (hasId(8, row)) {
                    span = bigEndian();
                }
            } else {
                in.skip(tag);
            }
        }
        columns.linkTraceHigh.add(traceHigh);
        columns.linkTraceLow.add(traceLow);
        columns.linkSpan.add(span);
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
        int key = 0;
        int unit = 0;
        columns.valueOffset.add(in.position());
        columns.valueLength.add(in.remaining());
        while (in.hasMore()) {
            int tag = in.tag();
            switch (tag) {
                case 1 << 3 -> key = in.int32();
                case 3 << 3 -> unit = in.int32();
                default -> in.skip(tag);
            }
        }
        columns.attributeKey.add(key);
        columns.attributeUnit.add(unit);
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
