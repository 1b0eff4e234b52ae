package io.stackhouse.pipeline.otlp;

import io.stackhouse.pipeline.batch.AttributeValue;
import io.stackhouse.pipeline.batch.Dictionary;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.batch.ProfileHeader;
import io.stackhouse.pipeline.batch.ProfileHeader.ValueType;
import io.stackhouse.pipeline.batch.Scope;
import java.util.Arrays;

/**
 * Encodes a batch as an ExportProfilesServiceRequest of v1development, version 1, so that {@link ProfilesDecoderV1} reads the same
 * rows back.
 *
 * <p>Rows of one sample that have times and one threshold become one sample again; a row without a time is a sample of its own. A row's
 * threshold travels as the sample's attribute {@link SampleThresholds#KEY}. Types are sent as their producer named them; counted time is
 * counted again, unless a row of the batch stands for no whole number of periods or was sampled: then all is sent as time.
 *
 * <p>The batch is only read. One use, one thread.
 */
final class ProfileBatchEncoder {
    private final ProfileBatch batch;
    private final Dictionary dictionary;
    private final DictionaryRows rows;
    private final boolean isCountedAgain;

    /** Rows in the order of their profiles; those of profile p from {@code firstRow[p]} to {@code firstRow[p + 1]}. */
    private final int[] order;

    private final int[] firstRow;

    private final WireWriter inner = new WireWriter(64);
    private final WireWriter sample = new WireWriter(64);
    private final WireWriter profile = new WireWriter(4096);
    private final WireWriter scopeProfiles = new WireWriter(4096);
    private final WireWriter resourceProfiles = new WireWriter(4096);
    private final WireWriter request = new WireWriter(16384);
    private int[] attributes = new int[8];
    private int attributeCount;

    ProfileBatchEncoder(ProfileBatch batch) {
        this.batch = batch;
        this.dictionary = batch.dictionary();
        this.rows = new DictionaryRows(dictionary);
        this.order = new int[batch.rowCount()];
        this.firstRow = new int[batch.profileCount() + 1];
        sortRows();
        this.isCountedAgain = canBeCountedAgain();
    }

    private int profileOf(int row) {
        return batch.sampleProfile(batch.rowSample(row));
    }

    /** A counting sort: stable, whatever order a stage left the rows in. */
    private void sortRows() {
        for (int row = 0; row < order.length; row++) {
            firstRow[profileOf(row) + 1]++;
        }
        for (int p = 0; p < batch.profileCount(); p++) {
            firstRow[p + 1] += firstRow[p];
        }
        int[] next = Arrays.copyOf(firstRow, firstRow.length);
        for (int row = 0; row < order.length; row++) {
            order[next[profileOf(row)]++] = row;
        }
    }

    private boolean canBeCountedAgain() {
        for (int p = 0; p < batch.profileCount(); p++) {
            ProfileHeader header = batch.profile(p);
            if (!SampleTypes.isCountedTime(header)) {
                continue;
            }
            for (int i = firstRow[p]; i < firstRow[p + 1]; i++) {
                int row = order[i];
                if (batch.rowThreshold(row) != 0 || !isWholePeriods(batch.rowValue(row), header.period())) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Also what was cut to 64 bits when it was multiplied: it will be cut again. */
    private static boolean isWholePeriods(long value, long period) {
        return value % period == 0 || value == Long.MAX_VALUE || value == Long.MIN_VALUE;
    }

    private static long periods(long value, long period) {
        return value / period + (value % period == 0 ? 0 : Long.signum(value));
    }

    byte[] encode() {
        int p = 0;
        while (p < batch.profileCount()) {
            p = addResource(p);
        }
        WireWriter content = resourceProfiles;
        content.clear();
        rows.writeTo(content);
        request.messageField(2, content);
        return request.toByteArray();
    }

    /** Adds the resource of the profile, with the profiles of the same resource that follow; says where it ended. */
    private int addResource(int first) {
        int resource = batch.profile(first).resource();
        resourceProfiles.clear();
        AnyValueWriter.resource(resourceProfiles, batch.resource(resource));
        int p = first;
        while (p < batch.profileCount() && batch.profile(p).resource() == resource) {
            p = addScope(p, resource);
        }
        resourceProfiles.stringField(3, batch.resource(resource).schemaUrl());
        request.messageField(1, resourceProfiles);
        return p;
    }

    private int addScope(int first, int resource) {
        Scope scope = batch.profile(first).scope();
        scopeProfiles.clear();
        AnyValueWriter.scope(scopeProfiles, scope);
        int p = first;
        while (p < batch.profileCount()
                && batch.profile(p).resource() == resource
                && batch.profile(p).scope().equals(scope)) {
            addProfile(p);
            p++;
        }
        scopeProfiles.stringField(3, scope.schemaUrl());
        resourceProfiles.messageField(2, scopeProfiles);
        return p;
    }

    private void addProfile(int p) {
        ProfileHeader header = batch.profile(p);
        boolean isCounted = SampleTypes.isCountedTime(header);
        boolean isSentAsItCame = !header.originalType().equals(ValueType.NONE) && (!isCounted || isCountedAgain);
        profile.clear();
        valueType(1, isSentAsItCame ? header.originalType() : header.type());
        addSamples(p, isCounted && isCountedAgain ? header.period() : 1);
        profile.fixed64Field(3, header.timeUnixNanos());
        profile.int64Field(4, header.durationNanos());
        valueType(5, header.periodType());
        profile.int64Field(6, header.period());
        if (header.profileId().length > 0) {
            profile.bytesField(7, header.profileId());
        }
        profile.int64Field(8, Integer.toUnsignedLong(header.droppedAttributesCount()));
        profile.stringField(9, header.payload().format());
        if (header.payload().bytes().length > 0) {
            profile.bytesField(10, header.payload().bytes());
        }
        attributeCount = 0;
        for (int attribute : header.attributes()) {
            addAttribute(rows.attribute(attribute));
        }
        profile.packedField(11, attributes, attributeCount);
        scopeProfiles.messageField(2, profile);
    }

    private void addSamples(int p, long divisor) {
        int i = firstRow[p];
        while (i < firstRow[p + 1]) {
            int end = i + 1;
            while (end < firstRow[p + 1] && isOneSample(order[end - 1], order[end])) {
                end++;
            }
            addSample(i, end, divisor);
            i = end;
        }
    }

    private boolean isOneSample(int row, int next) {
        return batch.rowSample(row) == batch.rowSample(next)
                && batch.rowThreshold(row) == batch.rowThreshold(next)
                && batch.rowTimestampUnixNanos(row) != 0
                && batch.rowTimestampUnixNanos(next) != 0;
    }

    private void addSample(int from, int to, long divisor) {
        int first = order[from];
        int source = batch.rowSample(first);
        long threshold = batch.rowThreshold(first);
        sampleAttributes(source, threshold);
        sample.clear();
        sample.int64Field(1, rows.stack(batch.sampleStack(source)));
        sample.packedField(2, attributes, attributeCount);
        sample.int64Field(3, rows.link(batch.sampleLink(source)));
        inner.clear();
        for (int i = from; i < to; i++) {
            inner.varint(periods(batch.rowValue(order[i]), divisor));
        }
        sample.messageField(4, inner);
        if (batch.rowTimestampUnixNanos(first) != 0) {
            inner.clear();
            for (int i = from; i < to; i++) {
                inner.fixed64(batch.rowTimestampUnixNanos(order[i]));
            }
            sample.messageField(5, inner);
        }
        profile.messageField(2, sample);
    }

    private void sampleAttributes(int source, long threshold) {
        attributeCount = 0;
        for (int k = batch.sampleAttributeStart(source); k < batch.sampleAttributeEnd(source); k++) {
            int attribute = batch.sampleAttribute(k);
            if (threshold == 0 || !dictionary.attributeKey(attribute).equals(SampleThresholds.KEY)) {
                addAttribute(rows.attribute(attribute));
            }
        }
        if (threshold != 0) {
            addAttribute(rows.attribute(SampleThresholds.KEY, AttributeValue.of(threshold), ""));
        }
    }

    private void addAttribute(int index) {
        if (attributeCount == attributes.length) {
            attributes = Arrays.copyOf(attributes, 2 * attributeCount);
        }
        attributes[attributeCount++] = index;
    }

    private void valueType(int field, ValueType type) {
        int name = rows.string(type.type());
        int unit = rows.string(type.unit());
        inner.clear();
        inner.int64Field(1, name);
        inner.int64Field(2, unit);
        profile.messageField(field, inner);
    }
}
