package io.stackhouse.pipeline.otlp;

import io.stackhouse.pipeline.batch.DictionaryColumns;

/**
 * Reads locations that follow one another, as nearly all producers write them. As {@link UsualSamples}, one method whose places and arrays are
 * local variables; without a branch that depends on how long a number is. One per message, one thread.
 */
final class UsualLocations {
    private static final int LOCATION = 2 << 3 | 2;
    private static final int MAPPING = 1 << 3;
    private static final int ADDRESS = 2 << 3;
    private static final int LINES = 3 << 3 | 2;
    private static final int ATTRIBUTE = 4 << 3;
    private static final int ATTRIBUTES = 4 << 3 | 2;
    private static final int FUNCTION = 1 << 3;
    private static final int LINE = 2 << 3;
    private static final int COLUMN = 3 << 3;

    /** So many bytes are read before the columns learn of it and make room again. */
    private static final int MOST_AT_ONCE = 2048;

    private final byte[] body;
    private final DictionaryColumns columns;

    UsualLocations(byte[] body, DictionaryColumns columns) {
        this.body = body;
        this.columns = columns;
    }

    /**
     * Reads locations as long as they are usual, and not too many at once.
     *
     * @param last there are {@link Varints#LOOK_AHEAD} bytes behind it
     * @return the tag of the first that was not read
     */
    int read(int from, int last) {
        int limit = Math.min(last, from + MOST_AT_ONCE);
        // An empty location, and an empty line, have two bytes.
        int most = (limit - from) / 2 + 1;
        int firstRow = columns.locationMapping.size();
        int firstLine = columns.lineFunction.size();
        int firstAttribute = columns.locationAttribute.size();
        int[] mappings = columns.locationMapping.room(most);
        long[] addresses = columns.locationAddress.room(most);
        int[] lineStarts = columns.lineStart.room(most);
        int[] attributeStarts = columns.locationAttributeStart.room(most);
        int[] functions = columns.lineFunction.room(most);
        long[] lines = columns.lineNumber.room(most);
        long[] lineColumns = columns.lineColumn.room(most);
        int[] attributes = columns.locationAttribute.room(limit - from);
        byte[] body = this.body;

        int at = from;
        int row = firstRow;
        int line = firstLine;
        int attribute = firstAttribute;
        reading:
        while (at < limit && body[at] == LOCATION) {
            int end = at + 2 + body[at + 1];
            if (body[at + 1] < 0 || end > limit) {
                break;
            }
            int mapping = 0;
            long address = 0;
            int lineEnd = line;
            int attributeEnd = attribute;
            int place = at + 2;
            while (place < end) {
                int begin = place;
                if (body[place] == MAPPING) {
                    int word = Varints.shortWord(body, place + 1);
                    mapping = Varints.shortValue(word);
                    place += 1 + Varints.shortLength(word);
                    if (Varints.shortLength(word) > Integer.BYTES) {
                        break reading;
                    }
                }
                if (place < end && body[place] == ADDRESS) {
                    long word = Varints.word(body, place + 1);
                    address = Varints.valueIn(word);
                    place += 1 + Varints.lengthIn(word);
                    if (Varints.lengthIn(word) > Long.BYTES) {
                        break reading;
                    }
                }
                if (place < end && body[place] == LINES) {
                    int lineLimit = place + 2 + body[place + 1];
                    if (lineLimit > end) {
                        break reading;
                    }
                    place += 2;
                    int function = 0;
                    int number = 0;
                    int column = 0;
                    while (place < lineLimit) {
                        int word = Varints.shortWord(body, place + 1);
                        int value = Varints.shortValue(word);
                        int tag = body[place];
                        if (Varints.shortLength(word) > Integer.BYTES) {
                            break reading;
                        }
                        if (tag == FUNCTION) {
                            function = value;
                        } else if (tag == LINE) {
                            number = value;
                        } else if (tag == COLUMN) {
                            column = value;
                        } else {
                            break reading;
                        }
                        place += 1 + Varints.shortLength(word);
                    }
                    if (place != lineLimit) {
                        break reading;
                    }
                    functions[lineEnd] = function;
                    lines[lineEnd] = number;
                    lineColumns[lineEnd] = column;
                    lineEnd++;
                }
                if (place < end && body[place] == ATTRIBUTES) {
                    int listEnd = place + 2 + body[place + 1];
                    if (listEnd > end) {
                        break reading;
                    }
                    place += 2;
                    while (place < listEnd) {
                        int word = Varints.shortWord(body, place);
                        attributes[attributeEnd++] = Varints.shortValue(word);
                        place += Varints.shortLength(word);
                        if (Varints.shortLength(word) > Integer.BYTES) {
                            break reading;
                        }
                    }
                    if (place != listEnd) {
                        break reading;
                    }
                }
                if (place < end && body[place] == ATTRIBUTE) {
                    int word = Varints.shortWord(body, place + 1);
                    attributes[attributeEnd++] = Varints.shortValue(word);
                    place += 1 + Varints.shortLength(word);
                    if (Varints.shortLength(word) > Integer.BYTES) {
                        break reading;
                    }
                }
                if (place <= begin) {
                    break reading;
                }
            }
            if (place != end) {
                break;
            }
            mappings[row] = mapping;
            addresses[row] = address;
            lineStarts[row] = line;
            attributeStarts[row] = attribute;
            row++;
            line = lineEnd;
            attribute = attributeEnd;
            at = end;
        }
        columns.locationMapping.added(row - firstRow);
        columns.locationAddress.added(row - firstRow);
        columns.lineStart.added(row - firstRow);
        columns.locationAttributeStart.added(row - firstRow);
        columns.lineFunction.added(line - firstLine);
        columns.lineNumber.added(line - firstLine);
        columns.lineColumn.added(line - firstLine);
        columns.locationAttribute.added(attribute - firstAttribute);
        return at;
    }
}
