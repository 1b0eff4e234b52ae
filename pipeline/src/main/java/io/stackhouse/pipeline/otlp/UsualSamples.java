package io.stackhouse.pipeline.otlp;

import io.stackhouse.pipeline.batch.ProfileBatch.SampleColumns;
import org.jspecify.annotations.Nullable;

/**
 * Reads samples as nearly every producer writes them: no unknown field, no number longer than it may be in a sensible message, and values,
 * timestamps, or as many of the one as of the other, alike in samples that follow one another. Most of a request's time goes here: one
 * method, so that places and arrays are local variables, and the columns learn at the end how much was added. One per message, one
 * thread.
 */
final class UsualSamples {
    private static final int SAMPLE = 2 << 3 | 2;
    private static final int STACK = 1 << 3;
    private static final int ATTRIBUTE = 2 << 3;
    private static final int ATTRIBUTES = 2 << 3 | 2;
    private static final int LINK = 3 << 3;
    private static final int VALUE = 4 << 3;
    private static final int VALUES = 4 << 3 | 2;
    private static final int TIMESTAMPS = 5 << 3 | 2;

    /** So many bytes are read before the columns learn of it and make room again: one has no more elements than bytes. */
    private static final int MOST_AT_ONCE = 4096;

    private final byte[] body;
    private final SampleColumns columns;
    private final ShortSamples quick;
    private boolean areTimed;

    UsualSamples(byte[] body, SampleColumns columns) {
        this.body = body;
        this.columns = columns;
        this.quick = new ShortSamples(body, columns);
    }

    /**
     * Reads samples that follow one another, as long as they are usual.
     *
     * @param from the tag of the first
     * @return the tag of the first that isn't, or the limit
     */
    int read(int from, int limit, int profileIndex, RawProfile profile) {
        int last = Math.min(limit, body.length - Varints.LOOK_AHEAD);
        int firstSample = columns.stack.size();
        int begin = from;
        int at = from;
        while (at < last && body[at] == SAMPLE) {
            begin = at;
            int blockEnd = Math.min(last, begin + MOST_AT_ONCE);
            at = quick.read(begin, blockEnd, areTimed);
            if (at > begin) {
                profile.shapes |= areTimed ? RawProfile.TIMESTAMPS : RawProfile.VALUES;
                continue;
            }
            at = readSome(begin, last, profile);
            if (at == begin) {
                break;
            }
        }
        columns.profile.addRepeated(profileIndex, columns.stack.size() - firstSample);
        return at;
    }

    /** Reads at least one, if that is usual. All that are read at once have values, or timestamps, or both, like the first. */
    private int readSome(int from, int last, RawProfile profile) {
        int limit = Math.min(last, Math.max(from + MOST_AT_ONCE, endOfFirst(from)));
        int room = limit - from;
        int firstSample = columns.stack.size();
        int firstRow = columns.rowSample.size();
        int firstAttribute = columns.attribute.size();
        int[] stacks = columns.stack.room(room);
        int[] attributeStarts = columns.attributeStart.room(room);
        int[] attributes = columns.attribute.room(room);
        int[] rowSamples = columns.rowSample.room(room);
        long @Nullable [] values = null;
        long @Nullable [] timestamps = null;

        int at = from;
        int sample = firstSample;
        int row = firstRow;
        int attribute = firstAttribute;
        int loneValueLists = 0;
        reading:
        while (at < limit && body[at] == SAMPLE) {
            int place = Varints.end(body, at + 1);
            int length = Varints.value(body, at + 1);
            if (place < 0 || length < 0 || length > limit - place) {
                break;
            }
            int end = place + length;
            int stack = 0;
            int link = 0;
            int attributeEnd = attribute;
            int valueEnd = row;
            int timestampEnd = row;
            while (place < end) {
                int begin = place;
                // In the order of most producers, so that a sample takes one round; each is followed by what it may be
                // followed by.
                if (body[place] == STACK) {
                    stack = body[place + 1];
                    if (stack >= 0) {
                        place += 2;
                    } else if (body[place + 2] >= 0) {
                        stack = (stack & 0x7f) | body[place + 2] << 7;
                        place += 3;
                    } else {
                        stack = Varints.value(body, place + 1);
                        place = Varints.end(body, place + 1);
                        if (place < 0) {
                            break reading;
                        }
                    }
                }
                if (place < end && body[place] == ATTRIBUTES) {
                    int listEnd = place + 2 + body[place + 1];
                    if (listEnd > end) {
                        break reading;
                    }
                    place += 2;
                    while (place < listEnd) {
                        int value = body[place];
                        if (value >= 0) {
                            place++;
                        } else if (body[place + 1] >= 0) {
                            value = (value & 0x7f) | body[place + 1] << 7;
                            place += 2;
                        } else {
                            value = Varints.value(body, place);
                            place = Varints.end(body, place);
                            if (place < 0) {
                                break reading;
                            }
                        }
                        attributes[attributeEnd++] = value;
                    }
                    if (place != listEnd) {
                        break reading;
                    }
                }
                if (place < end && body[place] == LINK) {
                    link = Varints.value(body, place + 1);
                    place = Varints.end(body, place + 1);
                    if (place < 0) {
                        break reading;
                    }
                }
                if (place < end && (body[place] | 2) == VALUES) {
                    values = values == null ? firstValues(sample == firstSample, firstRow, room) : values;
                    boolean isOne = body[place] == VALUE;
                    int listEnd = isOne ? place + 2 : place + 2 + body[place + 1];
                    if (values == null || listEnd > end) {
                        break reading;
                    }
                    place += isOne ? 1 : 2;
                    while (place < listEnd) {
                        long word = Varints.word(body, place);
                        values[valueEnd++] = Varints.valueIn(word);
                        place = Varints.end64(body, place, word);
                        if (place < 0) {
                            break reading;
                        }
                    }
                    if (place != listEnd && !isOne) {
                        break reading;
                    }
                }
                if (place < end && body[place] == TIMESTAMPS) {
                    timestamps =
                            timestamps == null ? firstTimestamps(sample == firstSample, firstRow, room) : timestamps;
                    int listEnd = Varints.end(body, place + 1) + Varints.value(body, place + 1);
                    place = Varints.end(body, place + 1);
                    if (timestamps == null || place < 0 || listEnd < place || listEnd > end) {
                        break reading;
                    }
                    for (; place < listEnd; place += Long.BYTES) {
                        timestamps[timestampEnd++] = Varints.word(body, place);
                    }
                    if (place != listEnd) {
                        break reading;
                    }
                }
                if (place < end && body[place] == ATTRIBUTE) {
                    attributes[attributeEnd++] = Varints.value(body, place + 1);
                    place = Varints.end(body, place + 1);
                }
                if (place <= begin) {
                    break reading;
                }
            }
            int rowEnd = values == null ? timestampEnd : valueEnd;
            if (place != end || rowEnd == row || (timestamps != null && timestampEnd != rowEnd)) {
                break;
            }
            loneValueLists += rowEnd > row + 1 && timestamps == null ? 1 : 0;
            while (row < rowEnd) {
                rowSamples[row++] = sample;
            }
            stacks[sample] = stack;
            attributeStarts[sample] = attribute;
            attribute = attributeEnd;
            if (link != 0) {
                columns.link.addRepeated(0, sample - columns.link.size());
                columns.link.add(link);
            }
            sample++;
            // Which is the same as its end, but known earlier.
            at = place;
        }

        columns.stack.added(sample - firstSample);
        columns.attributeStart.added(sample - firstSample);
        columns.attribute.added(attribute - firstAttribute);
        columns.rowSample.added(row - firstRow);
        areTimed = timestamps != null && values == null;
        if (sample > firstSample) {
            columns.rowValue.added(values == null ? 0 : row - firstRow);
            columns.rowTimestamp.added(timestamps == null ? 0 : row - firstRow);
            profile.shapes |=
                    timestamps == null ? RawProfile.VALUES : values == null ? RawProfile.TIMESTAMPS : RawProfile.PAIRS;
            profile.loneValueLists += loneValueLists;
        }
        return at;
    }

    /** Where the first sample ends, if that isn't too far away to be believed. */
    private int endOfFirst(int from) {
        int begin = Varints.end(body, from + 1);
        int length = Varints.value(body, from + 1);
        return begin < 0 || length < 0 || length > body.length ? from : begin + length;
    }

    /** Where rows had no value so far, it is 1. Null when it isn't the first sample that has one. */
    private long @Nullable [] firstValues(boolean isFirst, int firstRow, int room) {
        if (!isFirst) {
            return null;
        }
        columns.rowValue.addRepeated(1, firstRow - columns.rowValue.size());
        return columns.rowValue.room(room);
    }

    private long @Nullable [] firstTimestamps(boolean isFirst, int firstRow, int room) {
        if (!isFirst) {
            return null;
        }
        columns.rowTimestamp.addRepeated(0, firstRow - columns.rowTimestamp.size());
        return columns.rowTimestamp.room(room);
    }
}
