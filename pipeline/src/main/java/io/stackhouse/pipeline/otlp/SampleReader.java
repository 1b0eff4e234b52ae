package io.stackhouse.pipeline.otlp;

import io.stackhouse.pipeline.batch.ProfileBatch.SampleColumns;

/** Reads Sample messages of v1development, version 1, into columns. One per message, one thread. */
final class SampleReader {
    private static final int STACK = 1 << 3;
    private static final int ATTRIBUTES = 2 << 3 | 2;
    private static final int LINK = 3 << 3;
    private static final int VALUES = 4 << 3 | 2;
    private static final int TIMESTAMPS = 5 << 3 | 2;

    private final WireReader in;
    private final SampleColumns columns;
    private final UsualSamples usual;
    private int stack;
    private int link;
    private long emptySamples;

    SampleReader(WireReader in, SampleColumns columns) {
        this.in = in;
        this.columns = columns;
        this.usual = new UsualSamples(in.source(), columns);
    }

    /** Reads the samples that the reader stands before, tags and all, as long as they are written as nearly all are. */
    void readUsual(int profileIndex, RawProfile profile) {
        if (!profile.hasUnpairedSample()) {
            in.skipTo(usual.read(in.position(), in.limit(), profileIndex, profile));
        }
    }

    /** Reads a sample and its rows. One without a row, or after the profile's first unpaired one, leaves no trace. */
    void read(int profileIndex, RawProfile profile) {
        int outer = in.enter();
        int firstAttribute = columns.attribute.size();
        int firstRow = columns.rowSample.size();
        stack = 0;
        link = 0;
        readFields(firstRow);
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
