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
    private static final int STACK_LOCATIONS = 1 << 3 | 2;

    private static final int MOST_AT_ONCE = 2048;

    private final byte[] body;
    private final DictionaryColumns columns;
    private final UsualLocations locations;
    private long stringBytes;

    UsualRows(byte[] body, DictionaryColumns columns) {
        this.body = body;
        this.columns = columns;
        this.locations = new UsualLocations(body, columns);
    }

    /** The memory that the strings will need that were read here. */
    long stringBytes() {
        return stringBytes;
    }

    /** Reads rows as long as they are usual; returns where the first other one begins, or the limit. */
    int read(int from, int limit) {
        int last = Math.min(limit, body.length - Varints.LOOK_AHEAD);
        int at = from;
        int begin = -1;
        while (at < last && at != begin) {
            begin = at;
            at = switch (body[at]) {
                case STRING -> strings(at, last);
                case LOCATION -> locations.read(at, last);
                case FUNCTION -> functions(at, last);
                case STACK -> stacks(at, last);
                case ATTRIBUTE -> attribute(at, last);
                default -> at;
            };
        }
        return at;
    }

    private int strings(int from, int last) {
        int limit = Math.min(last, from + MOST_AT_ONCE);
        int most = (limit - from) / 2 + 1;
        int[] offsets = columns.stringOffset.room(most);
        int[] lengths = columns.stringLength.room(most);
        int first = columns.stringOffset.size();
        int row = first;
        long bytes = 0;
        int at = from;
        while (at < limit && body[at] == STRING) {
            int begin = Varints.end(body, at + 1);
            int length = Varints.value(body, at + 1);
            if (begin < 0 || length < 0 || length > last - begin) {
                break;
            }
            offsets[row] = begin;
            lengths[row] = length;
            row++;
            bytes += DecodeMemory.stringBytes(length);
            at = begin + length;
        }
        columns.stringOffset.added(row - first);
        columns.stringLength.added(row - first);
        stringBytes += bytes;
        return at;
    }

    private int functions(int from, int last) {
        int limit = Math.min(last, from + MOST_AT_ONCE);
        int most = (limit - from) / 2 + 1;
        int[] names = columns.functionName.room(most);
        int[] systemNames = columns.functionSystemName.room(most);
        int[] files = columns.functionFile.room(most);
        long[] startLines = columns.functionStartLine.room(most);
        int first = columns.functionName.size();
        int row = first;
        int at = from;
        reading:
        while (at < limit && body[at] == FUNCTION) {
            int end = at + 2 + body[at + 1];
            if (body[at + 1] < 0 || end > limit) {
                break;
            }
            int name = 0;
            int systemName = 0;
            int file = 0;
            int startLine = 0;
            int place = at + 2;
            while (place < end) {
                int tag = body[place];
                int word = Varints.shortWord(body, place + 1);
                int value = Varints.shortValue(word);
                place += 1 + Varints.shortLength(word);
                if (tag == 1 << 3) {
                    name = value;
                } else if (tag == 2 << 3) {
                    systemName = value;
                } else if (tag == 3 << 3) {
                    file = value;
                } else if (tag == 4 << 3) {
                    startLine = value;
                } else {
                    break reading;
                }
                if (Varints.shortLength(word) > Integer.BYTES) {
                    break reading;
                }
            }
            if (place != end) {
                break;
            }
            names[row] = name;
            systemNames[row] = systemName;
            files[row] = file;
            startLines[row] = startLine;
            row++;
            at = end;
        }
        columns.functionName.added(row - first);
        columns.functionSystemName.added(row - first);
        columns.functionFile.added(row - first);
        columns.functionStartLine.added(row - first);
        return at;
    }

    /** Stacks of one list of locations each. */
    private int stacks(int from, int last) {
        int at = from;
        int begin = -1;
        while (at < last && at != begin && body[at] == STACK) {
            begin = at;
            int place = Varints.end(body, at + 1);
            int end = place + Varints.value(body, at + 1);
            if (place < 0 || end < place || end > last) {
                return begin;
            }
            Ints locations = columns.stackLocation;
            int first = locations.size();
            int size = first;
            if (end > place) {
                int list = Varints.end(body, place + 1);
                if (body[place] != STACK_LOCATIONS || list < 0 || Varints.value(body, place + 1) != end - list) {
                    return begin;
                }
                size = Varints.unpack(body, list, end, locations.room(end - list), first);
            }
            if (size >= 0) {
                locations.added(size - first);
                columns.stackStart.add(first);
                at = end;
            }
        }
        return at;
    }

    /** Its value is checked and read later. */
    private int attribute(int from, int last) {
        int begin = Varints.end(body, from + 1);
        int length = Varints.value(body, from + 1);
        if (begin < 0 || length < 0 || length > last - begin) {
            return from;
        }
        int end = begin + length;
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
                return from;
            }
        }
        if (at != end) {
            return from;
        }
        columns.valueOffset.add(begin);
        columns.valueLength.add(end - begin);
        columns.attributeKey.add(key);
        columns.attributeUnit.add(unit);
        return end;
    }
}
