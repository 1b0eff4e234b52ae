package io.stackhouse.pipeline.otlp;

import io.stackhouse.pipeline.batch.Columns.Ints;
import io.stackhouse.pipeline.batch.DictionaryColumns;
import io.stackhouse.pipeline.memory.DecodeMemory;

/**
 * Reads the rows of a dictionary that there are thousands of, as long as no number in them is longer than it may be in any sensible
 * message and no field unknown; those are left to {@link DictionaryDecoder}. Fields may come in any order: some producers write the last
 * first. One per message, one thread.
 */
final class UsualRows {
    private static final int LOCATION = 2 << 3 | 2;
    private static final int FUNCTION = 3 << 3 | 2;
    private static final int STRING = 5 << 3 | 2;
    private static final int ATTRIBUTE = 6 << 3 | 2;
    private static final int STACK = 7 << 3 | 2;

    private final byte[] body;
    private final DictionaryColumns columns;
    private long stringBytes;

    UsualRows(byte[] body, DictionaryColumns columns) {
        this.body = body;
        this.columns = columns;
    }

    /** The memory that the strings will need that were read here. */
    long stringBytes() {
        return stringBytes;
    }

    /** Reads rows as long as they are usual; returns where the first other one begins, or the limit. */
    int read(int from, int limit) {
        int last = Math.min(limit, body.length - Varints.LOOK_AHEAD);
        int at = from;
        while (at < last) {
            int begin = Varints.end(body, at + 1);
            int length = Varints.value(body, at + 1);
            if (begin < 0 || length < 0 || length > last - begin) {
                return at;
            }
            int end = begin + length;
            if (!row(body[at], begin, end)) {
                return at;
            }
            at = end;
        }
        return at;
    }

    private boolean row(int tag, int begin, int end) {
        return switch (tag) {
            case STRING -> string(begin, end);
            case STACK -> stack(begin, end);
            case LOCATION -> location(begin, end);
            case FUNCTION -> function(begin, end);
            case ATTRIBUTE -> attribute(begin, end);
            default -> false;
        };
    }

    private boolean string(int begin, int end) {
        columns.stringOffset.add(begin);
        columns.stringLength.add(end - begin);
        stringBytes += DecodeMemory.stringBytes(end - begin);
        return true;
    }

    private boolean stack(int begin, int end) {
        Ints locations = columns.stackLocation;
        int first = locations.size();
        int at = begin;
        while (at >= 0 && at < end) {
            at = index(body[at], 1, locations, at + 1, end);
        }
        if (at != end) {
            locations.truncate(first);
            return false;
        }
        columns.stackStart.add(first);
        return true;
    }

    /**
     * An element of a repeated int32, or a list of them.
     *
     * @return where it ends, or below 0 when it is something else
     */
    private int index(int tag, int field, Ints target, int from, int limit) {
        int at = Varints.end(body, from);
        int value = Varints.value(body, from);
        if (at == Varints.UNUSUAL) {
            return Varints.UNUSUAL;
        }
        if (tag == field << 3) {
            target.add(value);
            return at;
        }
        if (tag != (field << 3 | 2) || value < 0 || value > limit - at) {
            return Varints.UNUSUAL;
        }
        int first = target.size();
        int size = Varints.unpack(body, at, at + value, target.room(value), first);
        if (size == Varints.UNUSUAL) {
            return Varints.UNUSUAL;
        }
        target.added(size - first);
        return at + value;
    }

    private boolean location(int begin, int end) {
        int firstLine = columns.lineFunction.size();
        int firstAttribute = columns.locationAttribute.size();
        int mapping = 0;
        long address = 0;
        int at = begin;
        while (at >= 0 && at < end) {
            int tag = body[at++];
            if (tag == 1 << 3) {
                mapping = Varints.value(body, at);
                at = Varints.end(body, at);
            } else if (tag == 2 << 3) {
                long word = Varints.word(body, at);
                address = Varints.valueIn(word);
                at = Varints.end64(body, at, word);
            } else if (tag == (3 << 3 | 2)) {
                at = line(at, end);
            } else {
                at = index(tag, 4, columns.locationAttribute, at, end);
            }
        }
        if (at != end) {
            columns.lineFunction.truncate(firstLine);
            columns.lineNumber.truncate(firstLine);
            columns.lineColumn.truncate(firstLine);
            columns.locationAttribute.truncate(firstAttribute);
            return false;
        }
        columns.lineStart.add(firstLine);
        columns.locationAttributeStart.add(firstAttribute);
        columns.locationMapping.add(mapping);
        columns.locationAddress.add(address);
        return true;
    }

    /** Returns where it ends, or below 0. */
    private int line(int from, int limit) {
        int at = from + 1;
        int end = at + body[from];
        if (body[from] < 0 || end > limit) {
            return Varints.UNUSUAL;
        }
        int function = 0;
        int line = 0;
        int column = 0;
        while (at >= 0 && at < end) {
            int tag = body[at];
            int value = Varints.value(body, at + 1);
            at = Varints.end(body, at + 1);
            if (tag == 1 << 3) {
                function = value;
            } else if (tag == 2 << 3 && value >= 0) {
                line = value;
            } else if (tag == 3 << 3 && value >= 0) {
                column = value;
            } else {
                return Varints.UNUSUAL;
            }
        }
        if (at != end) {
            return Varints.UNUSUAL;
        }
        columns.lineFunction.add(function);
        columns.lineNumber.add(line);
        columns.lineColumn.add(column);
        return end;
    }

    private boolean function(int begin, int end) {
        int name = 0;
        int systemName = 0;
        int file = 0;
        int startLine = 0;
        int at = begin;
        while (at >= 0 && at < end) {
            int tag = body[at];
            int value = Varints.value(body, at + 1);
            at = Varints.end(body, at + 1);
            if (tag == 1 << 3) {
                name = value;
            } else if (tag == 2 << 3) {
                systemName = value;
            } else if (tag == 3 << 3) {
                file = value;
            } else if (tag == 4 << 3 && value >= 0) {
                startLine = value;
            } else {
                return false;
            }
        }
        if (at != end) {
            return false;
        }
        columns.functionName.add(name);
        columns.functionSystemName.add(systemName);
        columns.functionFile.add(file);
        columns.functionStartLine.add(startLine);
        return true;
    }

    /** Its value is checked and read later. */
    private boolean attribute(int begin, int end) {
        int key = 0;
        int unit = 0;
        int at = begin;
        while (at >= 0 && at < end) {
            int tag = body[at];
            int value = Varints.value(body, at + 1);
            at = Varints.end(body, at + 1);
            if (tag == 1 << 3) {
                key = value;
            } else if (tag == 3 << 3) {
                unit = value;
            } else if (tag == (2 << 3 | 2) && at >= 0 && value >= 0 && value <= end - at) {
                at += value;
            } else {
                return false;
            }
        }
        if (at != end) {
            return false;
        }
        columns.valueOffset.add(begin);
        columns.valueLength.add(end - begin);
        columns.attributeKey.add(key);
        columns.attributeUnit.add(unit);
        return true;
    }
}
