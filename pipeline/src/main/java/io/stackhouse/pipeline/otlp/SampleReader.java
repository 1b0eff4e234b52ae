package io.stackhouse.pipeline.otlp;

import io.stackhouse.pipeline.batch.ProfileBatch.SampleColumns;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Reads Sample messages of v1development, version 1, into columns. One per message, one thread.
 *
 * <p>Most of a request's time goes here. Almost every producer writes a sample in the same way: fields in the order of their
 * numbers, each at most once, lists packed. Such a sample is read in one go without a look at the reader's state; when anything
 * is otherwise, what was added is taken back, and the sample is read field by field.
 */
final class SampleReader {
    private static final VarHandle LITTLE_ENDIAN =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final int STACK = 1 << 3;
    private static final int ATTRIBUTES = 2 << 3 | 2;
    private static final int LINK = 3 << 3;
    private static final int VALUES = 4 << 3 | 2;
    private static final int TIMESTAMPS = 5 << 3 | 2;

    /** So many bytes behind a sample may be looked at. */
    private static final int LOOK_AHEAD = 16;

    private static final long TOO_LONG = -1;

    private final byte[] body;
    private final WireReader in;
    private final SampleColumns columns;
    private int stack;
    private int link;
    private long emptySamples;

    SampleReader(WireReader in, SampleColumns columns) {
        this.body = in.source();
        this.in = in;
        this.columns = columns;
    }

    /** Reads a sample and its rows. One without a row, or after the profile's first unpaired one, leaves no trace. */
    void read(int profileIndex, RawProfile profile) {
        int outer = in.enter();
        int start = in.position();
        int firstAttribute = columns.attribute.size();
        int firstRow = columns.rowSample.size();
        stack = 0;
        link = 0;
        if (!readAtOnce(firstRow)) {
            columns.attribute.truncate(firstAttribute);
            truncateRows(firstRow);
            stack = 0;
            link = 0;
            in.skipTo(start);
            readFields(firstRow);
        }
        in.leave(outer);
        int rows = rows(profile, firstRow);
        if (rows == 0) {
            columns.attribute.truncate(firstAttribute);
            truncateRows(firstRow);
            return;
        }
        int sample = columns.stack.size();
        columns.rowSample.addRepeated(sample, rows);
        columns.stack.add(stack);
        columns.profile.add(profileIndex);
        columns.attributeStart.add(firstAttribute);
        if (link != 0) {
            columns.link.addRepeated(0, sample - columns.link.size());
            columns.link.add(link);
        }
    }

    long emptySamples() {
        return emptySamples;
    }

    /** Completes the columns that hold nothing for a row or sample until something is other than usual. */
    void endProfile() {
        columns.link.addRepeated(0, columns.stack.size() - columns.link.size());
        completeValues(columns.rowSample.size());
        completeTimestamps(columns.rowSample.size());
    }

    private void completeValues(int rows) {
        columns.rowValue.addRepeated(1, rows - columns.rowValue.size());
    }

    private void completeTimestamps(int rows) {
        columns.rowTimestamp.addRepeated(0, rows - columns.rowTimestamp.size());
    }

    private void truncateRows(int rows) {
        columns.rowValue.truncate(Math.min(rows, columns.rowValue.size()));
        columns.rowTimestamp.truncate(Math.min(rows, columns.rowTimestamp.size()));
    }

    /** The three shapes of a sample: timestamps only (each counts 1), values only, a value per timestamp. */
    private int rows(RawProfile profile, int firstRow) {
        int values = Math.max(0, columns.rowValue.size() - firstRow);
        int timestamps = Math.max(0, columns.rowTimestamp.size() - firstRow);
        if (profile.hasUnpairedSample()) {
            return 0;
        }
        if (values != timestamps && values != 0 && timestamps != 0) {
            profile.unpairedValues = values;
            profile.unpairedTimestamps = timestamps;
            return 0;
        }
        if (values + timestamps == 0) {
            emptySamples++;
            return 0;
        }
        profile.shapes |= timestamps == 0 ? RawProfile.VALUES : values > 0 ? RawProfile.PAIRS : RawProfile.TIMESTAMPS;
        profile.loneValueLists += timestamps == 0 && values > 1 ? 1 : 0;
        return Math.max(values, timestamps);
    }

    /** False when the sample isn't written in the usual way; something of it may have been added then. */
    private boolean readAtOnce(int firstRow) {
        int at = in.position();
        int end = in.limit();
        if (end > body.length - LOOK_AHEAD) {
            return false;
        }
        if (at < end && body[at] == STACK) {
            long read = shortVarint(body, at + 1);
            stack = (int) read;
            at = next(read);
        }
        if (at > 0 && at < end && body[at] == ATTRIBUTES) {
            at = attributesAtOnce(at + 1);
        }
        if (at > 0 && at < end && body[at] == LINK) {
            long read = shortVarint(body, at + 1);
            link = (int) read;
            at = next(read);
        }
        if (at > 0 && at < end && body[at] == VALUES) {
            completeValues(firstRow);
            at = valuesAtOnce(at + 1, end);
        }
        if (at > 0 && at < end && body[at] == TIMESTAMPS) {
            completeTimestamps(firstRow);
            at = timestampsAtOnce(at + 1, end);
        }
        return at == end;
    }

    /** Each of these returns where the list ends, or something below 0. */
    private int attributesAtOnce(int from) {
        int at = from + 1;
        int end = at + body[from];
        while (at < end) {
            long read = shortVarint(body, at);
            at = next(read);
            if (at < 0) {
                return at;
            }
            columns.attribute.add((int) read);
        }
        return body[from] >= 0 && at == end ? at : -1;
    }

    private int valuesAtOnce(int from, int limit) {
        int end = from + 1 + body[from];
        if (body[from] < 0 || end > limit) {
            return -1;
        }
        in.skipTo(from + 1);
        while (in.position() < end) {
            columns.rowValue.add(in.varint());
        }
        return in.position() == end ? end : -1;
    }

    private int timestampsAtOnce(int from, int limit) {
        int end = from + 1 + body[from];
        if (body[from] < 0 || (body[from] & 7) != 0 || end > limit) {
            return -1;
        }
        for (int at = from + 1; at < end; at += Long.BYTES) {
            columns.rowTimestamp.add((long) LITTLE_ENDIAN.get(body, at));
        }
        return end;
    }

    /** A varint of up to four bytes, and above it where the next begins; below 0 when it is longer. */
    private static long shortVarint(byte[] bytes, int at) {
        int value = bytes[at];
        if (value >= 0) {
            return value | (at + 1L) << 32;
        }
        int second = bytes[at + 1];
        if (second >= 0) {
            return (value & 0x7f) | second << 7 | (at + 2L) << 32;
        }
        int third = bytes[at + 2];
        if (third >= 0) {
            return (value & 0x7f) | (second & 0x7f) << 7 | third << 14 | (at + 3L) << 32;
        }
        int fourth = bytes[at + 3];
        if (fourth >= 0) {
            return (value & 0x7f) | (second & 0x7f) << 7 | (third & 0x7f) << 14 | fourth << 21 | (at + 4L) << 32;
        }
        return TOO_LONG;
    }

    private static int next(long read) {
        return (int) (read >> 32);
    }

    private void readFields(int firstRow) {
        while (in.hasMore()) {
            int tag = in.tag();
            switch (tag) {
                case STACK -> stack = in.int32();
                case 2 << 3, ATTRIBUTES -> DictionaryDecoder.indices(in, tag, columns.attribute);
                case LINK -> link = in.int32();
                case 4 << 3, VALUES -> values(tag, firstRow);
                case 5 << 3 | 1, TIMESTAMPS -> timestamps(tag, firstRow);
                default -> in.skip(tag);
            }
        }
    }

    private void values(int tag, int firstRow) {
        if ((tag & 7) == WireReader.VARINT) {
            completeValues(firstRow);
            columns.rowValue.add(in.varint());
            return;
        }
        int outer = in.enter();
        if (in.hasMore()) {
            completeValues(firstRow);
        }
        while (in.hasMore()) {
            columns.rowValue.add(in.varint());
        }
        in.leave(outer);
    }

    private void timestamps(int tag, int firstRow) {
        if ((tag & 7) == WireReader.FIXED64) {
            completeTimestamps(firstRow);
            columns.rowTimestamp.add(in.fixed64());
            return;
        }
        int outer = in.enter();
        if (in.hasMore()) {
            completeTimestamps(firstRow);
        }
        while (in.hasMore()) {
            columns.rowTimestamp.add(in.fixed64());
        }
        in.leave(outer);
    }
}
