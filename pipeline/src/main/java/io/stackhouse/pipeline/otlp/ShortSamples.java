package io.stackhouse.pipeline.otlp;

import io.stackhouse.pipeline.batch.Columns.Longs;
import io.stackhouse.pipeline.batch.ProfileBatch.SampleColumns;

/**
 * Reads samples that are short, and written in the order of their fields: a stack, up to four attributes, a link, and one value or a few
 * timestamps. No branch depends on what a number is, so that the processor has several samples in flight; most of a request's time goes
 * here. Whatever is otherwise is left to {@link UsualSamples}. One per message, one thread.
 */
final class ShortSamples {
    private static final int SAMPLE = 2 << 3 | 2;
    private static final int STACK = 1 << 3;
    private static final int ATTRIBUTES = 2 << 3 | 2;
    private static final int LINK = 3 << 3;
    private static final int VALUE = 4 << 3;
    private static final int VALUES = 4 << 3 | 2;
    private static final int TIMESTAMPS = 5 << 3 | 2;

    /** What the tag of a list has more than that of its single element. */
    private static final int LIST = 2;

    /** A sample with a stack and a value has no fewer bytes, tags and all. */
    private static final int LEAST_BYTES = 6;
    /** So many elements are stored at once, whether they belong to the sample or not. */
    private static final int STORED_AT_ONCE = 4;

    private static final int[] NONE = new int[0];

    private final byte[] body;
    private final SampleColumns columns;

    ShortSamples(byte[] body, SampleColumns columns) {
        this.body = body;
        this.columns = columns;
    }

    /**
     * Reads samples, as long as they are short.
     *
     * @param limit there are {@link Varints#LOOK_AHEAD} bytes behind it
     * @param areTimed whether each has timestamps, and no value; otherwise each has one value
     * @return the tag of the first that isn't such a sample
     */
    int read(int from, int limit, boolean areTimed) {
        Longs numbers = areTimed ? columns.rowTimestamp : columns.rowValue;
        int firstSample = columns.stack.size();
        int firstAttribute = columns.attribute.size();
        int firstRow = columns.rowSample.size();
        int most = (limit - from) / LEAST_BYTES + STORED_AT_ONCE;
        int[] stacks = columns.stack.room(most);
        int[] attributeStarts = columns.attributeStart.room(most);
        int[] attributes = columns.attribute.room(limit - from + STORED_AT_ONCE);
        int[] rowSamples = areTimed ? columns.rowSample.room(most) : NONE;
        numbers.addRepeated(areTimed ? 0 : 1, firstRow - numbers.size());
        long[] rows = numbers.room(most);
        int sample = firstSample;
        int attribute = firstAttribute;
        int row = firstRow;
        int at = from;
        while (at < limit && body[at] == SAMPLE) {
            int begin = Varints.end(body, at + 1);
            int end = begin + Varints.value(body, at + 1);
            if (begin < 0 || end < begin || end > limit || body[begin] != STACK) {
                break;
            }
            int stack = Varints.shortWord(body, begin + 1);
            int place = begin + 1 + Varints.pairLength(stack);
            if (Varints.isLongerThanPair(stack)) {
                break;
            }
            int attributeEnd = attribute;
            if ((body[place] | LIST) == ATTRIBUTES) {
                int list = place + 1 + (body[place] >> 1 & 1);
                long word = Varints.word(body, list);
                int length = body[place] == ATTRIBUTES ? body[place + 1] : Varints.pairLength((int) word);
                int count = Varints.pairsIn(word, length);
                if (count < 0 || count > STORED_AT_ONCE) {
                    break;
                }
                Varints.storeFourPairs(word, attributes, attribute);
                attributeEnd += count;
                place = list + length;
            }
            int link = 0;
            if (body[place] == LINK) {
                int word = Varints.shortWord(body, place + 1);
                link = Varints.shortValue(word);
                place += 1 + Varints.shortLength(word);
                if (Varints.shortLength(word) > Integer.BYTES) {
                    break;
                }
            }
            if (areTimed) {
                int length = body[place + 1];
                if (body[place] != TIMESTAMPS
                        || (length - 1) >>> 5 != 0
                        || (length & 7) != 0
                        || place + 2 + length != end) {
                    break;
                }
                for (int i = 0; i < STORED_AT_ONCE; i++) {
                    rows[row + i] = Varints.word(body, place + 2 + i * Long.BYTES);
                    rowSamples[row + i] = sample;
                }
                row += length >> 3;
            } else {
                int list = place + 1 + (body[place] >> 1 & 1);
                long word = Varints.word(body, list);
                int length = Varints.lengthIn(word);
                boolean isOne = body[place] == VALUES ? body[place + 1] == length : body[place] == VALUE;
                if (!isOne || length > Long.BYTES || list + length != end) {
                    break;
                }
                rows[row++] = Varints.valueIn(word);
            }
            stacks[sample] = Varints.pairValue(stack);
            attributeStarts[sample] = attribute;
            attribute = attributeEnd;
            if (link != 0) {
                columns.link.addRepeated(0, sample - columns.link.size());
                columns.link.add(link);
            }
            sample++;
            at = end;
        }
        columns.stack.added(sample - firstSample);
        columns.attributeStart.added(sample - firstSample);
        columns.attribute.added(attribute - firstAttribute);
        numbers.added(row - firstRow);
        if (areTimed) {
            columns.rowSample.added(row - firstRow);
        } else {
            columns.rowSample.addProgression(firstSample, row - firstRow);
        }
        return at;
    }
}
