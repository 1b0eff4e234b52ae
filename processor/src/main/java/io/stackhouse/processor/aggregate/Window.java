package io.stackhouse.processor.aggregate;

import io.stackhouse.pipeline.batch.DictionaryMerge;
import io.stackhouse.pipeline.batch.IntRows;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.batch.ProfileBatch.SampleColumns;
import io.stackhouse.pipeline.batch.ProfileHeader;
import io.stackhouse.pipeline.batch.Receipt;
import io.stackhouse.pipeline.batch.Resource;
import io.stackhouse.pipeline.batch.Totals;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is gathered for one window of time. One thread; used again for another window by {@link #open}.
 *
 * <p>Samples are compared as {group of profiles, stack, link, attributes}, each an index into tables of this window whose rows were
 * compared by content: nothing is merged because hashes collide. Per row there is one addition; per sample a look-up of four
 * ints. Rows that can't be added lie beside the merged ones: see {@link #add}.
 */
final class Window {
    private static final int ROW_BYTES = 40;

    private final DictionaryMerge dictionary = new DictionaryMerge();
    private final ProfileGroups groups = new ProfileGroups(dictionary);
    private final IntRows attributeSets = new IntRows();
    private final IntRows samples = new IntRows();
    private final int[] sampleKey = new int[4];
    private int[] attributeSet = new int[16];
    /** By sample: the row that its values are added to, and 1; 0 for none. */
    private int[] mergedRow = new int[256];

    private int rows;
    private int[] rowSample = new int[256];
    private long[] rowValue = new long[256];
    private long[] rowTimestamp = new long[256];
    private long[] rowThreshold = new long[256];
    private long[] rowObservations = new long[256];

    private long startUnixNanos;
    private long endUnixNanos;
    private long dueNanos;
    private long receivedUnixNanos;
    private List<HeldReceipt> receipts = new ArrayList<>();
    private List<Totals> totals = new ArrayList<>();
    private long overflows;

    private @Nullable ProfileBatch source;
    private int[] groupOf = new int[16];
    private byte[] isDropped = new byte[64];
    private int boundSample;
    private int bound;
    private boolean isBoundWhole;

    /**
     * Begins a window that holds nothing.
     *
     * @param dueNanos when to hand it on, by the monotonic clock
     */
    void open(long startUnixNanos, long endUnixNanos, long dueNanos) {
        this.startUnixNanos = startUnixNanos;
        this.endUnixNanos = endUnixNanos;
        this.dueNanos = dueNanos;
    }

    boolean contains(long unixNanos) {
        return unixNanos >= startUnixNanos && unixNanos < endUnixNanos;
    }

    boolean isDue(long nanos) {
        return nanos - dueNanos >= 0;
    }

    long dueNanos() {
        return dueNanos;
    }

    int rowCount() {
        return rows;
    }

    /** Sums that would not have fitted into 64 bits, since the window began. */
    long overflows() {
        return overflows;
    }

    /** About what it takes in memory, in bytes. */
    long byteCount() {
        return dictionary.byteCount()
                + groups.byteCount()
                + samples.byteCount()
                + attributeSets.byteCount()
                + (long) ROW_BYTES * rows;
    }

    /** Whether the batch is the one that rows are added from. */
    boolean isSource(ProfileBatch batch) {
        return source == batch;
    }

    /** Makes a batch the one that rows are added from; its receipt must have been held for this window. */
    void source(ProfileBatch batch, HeldReceipt receipt) {
        source = batch;
        boundSample = -1;
        receipts.add(receipt);
        receivedUnixNanos = Math.max(receivedUnixNanos, batch.receivedUnixNanos());
        dictionary.source(batch.dictionary());
        groupOf = cleared(groupOf, batch.profileCount());
        int attributes = batch.dictionary().attributeCount();
        if (isDropped.length < attributes) {
            isDropped = new byte[attributes];
        } else {
            Arrays.fill(isDropped, (byte) 0);
        }
    }

    private static int[] cleared(int[] array, int length) {
        if (array.length < length) {
            return new int[length];
        }
        Arrays.fill(array, 0);
        return array;
    }

    /** Forgets the batch, so that it can be collected. */
    void endSource() {
        source = null;
        dictionary.endSource();
    }

    /** Keeps a profile of the source, even when it has no sample. */
    int addProfile(ProfileBatch batch, int profile) {
        if (groupOf[profile] == 0) {
            groupOf[profile] = groups.group(batch, batch.profile(profile)) + 1;
        }
        return groupOf[profile] - 1;
    }

    /** Takes over what the batch's rows summed up to before an earlier stage sampled them. */
    void addTotals(ProfileBatch batch) {
        for (Totals each : batch.totals()) {
            totals.add(each.withResource(groups.resource(batch.resource(each.resource()))));
        }
    }

    /**
     * Adds a row of the source to the row of its sample. Rows that were sampled before stay by themselves, since weights can't be
     * added as values; so do rows of profiles that are left whole, linked rows with a time when that is wanted, and values
     * whose sum does not fit into 64 bits.
     */
    void add(ProfileBatch batch, int row, AggregateConfig config, Set<String> droppedKeys) {
        int sample = batch.rowSample(row);
        if (sample != boundSample) {
            bind(batch, sample, droppedKeys);
        }
        long timestamp = batch.rowTimestampUnixNanos(row);
        long threshold = batch.rowThreshold(row);
        boolean isTimeKept = config.keepTimeOfLinked() && timestamp != 0 && batch.sampleLink(sample) != 0;
        if (threshold > 0 || isBoundWhole || isTimeKept) {
            append(batch.rowValue(row), timestamp, threshold, batch.rowObservations(row));
        } else {
            merge(batch.rowValue(row), batch.rowObservations(row));
        }
    }

    private void merge(long value, long observations) {
        int merged = mergedRow[bound] - 1;
        if (merged >= 0) {
            long sum = rowValue[merged] + value;
            if (((sum ^ rowValue[merged]) & (sum ^ value)) >= 0) {
                rowValue[merged] = sum;
                rowObservations[merged] += observations;
                return;
            }
            overflows++;
        }
        append(value, 0, 0, observations);
        mergedRow[bound] = rows;
    }

    private void append(long value, long timestamp, long threshold, long observations) {
        if (rows == rowSample.length) {
            int capacity = rows * 2;
            rowSample = Arrays.copyOf(rowSample, capacity);
            rowValue = Arrays.copyOf(rowValue, capacity);
            rowTimestamp = Arrays.copyOf(rowTimestamp, capacity);
            rowThreshold = Arrays.copyOf(rowThreshold, capacity);
            rowObservations = Arrays.copyOf(rowObservations, capacity);
        }
        rowSample[rows] = bound;
        rowValue[rows] = value;
        rowTimestamp[rows] = timestamp;
        rowThreshold[rows] = threshold;
        rowObservations[rows++] = observations;
    }

    private void bind(ProfileBatch batch, int sample, Set<String> droppedKeys) {
        int profile = batch.sampleProfile(sample);
        int count = 0;
        int end = batch.sampleAttributeEnd(sample);
        for (int i = batch.sampleAttributeStart(sample); i < end; i++) {
            int attribute = batch.sampleAttribute(i);
            if (!isDropped(batch, attribute, droppedKeys)) {
                if (count == attributeSet.length) {
                    attributeSet = Arrays.copyOf(attributeSet, count * 2);
                }
                attributeSet[count++] = dictionary.attribute(attribute);
            }
        }
        if (count > 1) {
            Arrays.sort(attributeSet, 0, count);
        }
        sampleKey[0] = addProfile(batch, profile);
        sampleKey[1] = dictionary.stack(batch.sampleStack(sample));
        sampleKey[2] = dictionary.link(batch.sampleLink(sample));
        sampleKey[3] = attributeSets.intern(attributeSet, 0, count);
        int known = samples.count();
        bound = samples.intern(sampleKey, 0, 4);
        if (bound == known) {
            if (bound == mergedRow.length) {
                mergedRow = Arrays.copyOf(mergedRow, bound * 2);
            }
            mergedRow[bound] = 0;
        }
        isBoundWhole = ProfileGroups.isWhole(batch.profile(profile));
        boundSample = sample;
    }

    private boolean isDropped(ProfileBatch batch, int attribute, Set<String> droppedKeys) {
        if (isDropped[attribute] == 0) {
            boolean isNamed = !droppedKeys.isEmpty()
                    && droppedKeys.contains(batch.dictionary().attributeKey(attribute));
            isDropped[attribute] = (byte) (isNamed ? 2 : 1);
        }
        return isDropped[attribute] == 2;
    }

    /** Settles those of all that the window is made of. */
    Receipt receipt() {
        return new JoinedReceipt(receipts);
    }

    /** A batch of all that was gathered, without a receipt. The window is empty after; it is of no use any more when this fails. */
    ProfileBatch take() {
        SampleColumns columns = columns();
        List<Resource> resources = groups.takeResources();
        List<ProfileHeader> headers = groups.takeHeaders(startUnixNanos, endUnixNanos - startUnixNanos);
        ProfileBatch batch = new ProfileBatch(dictionary.build(), resources, headers, columns, receivedUnixNanos);
        batch.setTotals(totals);
        dictionary.clear();
        samples.clear();
        attributeSets.clear();
        rows = 0;
        receivedUnixNanos = 0;
        overflows = 0;
        receipts = new ArrayList<>();
        totals = new ArrayList<>();
        source = null;
        return batch;
    }

    /** Samples in the order of their profiles, rows in that of their samples. */
    private SampleColumns columns() {
        SampleColumns columns = new SampleColumns();
        int[] sampleOrder = sampleOrder();
        int[] place = new int[sampleOrder.length];
        for (int i = 0; i < sampleOrder.length; i++) {
            int at = samples.start(sampleOrder[i]);
            place[sampleOrder[i]] = i;
            columns.profile.add(samples.get(at));
            columns.stack.add(samples.get(at + 1));
            columns.link.add(samples.get(at + 2));
            columns.attributeStart.add(columns.attribute.size());
            int set = samples.get(at + 3);
            for (int k = attributeSets.start(set); k < attributeSets.end(set); k++) {
                columns.attribute.add(attributeSets.get(k));
            }
        }
        columns.attributeStart.add(columns.attribute.size());
        for (int row : rowOrder(place)) {
            columns.rowSample.add(place[rowSample[row]]);
            columns.rowValue.add(rowValue[row]);
            columns.rowTimestamp.add(rowTimestamp[row]);
            columns.rowThreshold.add(rowThreshold[row]);
            columns.rowObservations.add(rowObservations[row]);
        }
        return columns;
    }

    private int[] sampleOrder() {
        int[] next = new int[groups.count() + 1];
        for (int i = 0; i < samples.count(); i++) {
            next[samples.get(samples.start(i)) + 1]++;
        }
        for (int i = 1; i < next.length; i++) {
            next[i] += next[i - 1];
        }
        int[] order = new int[samples.count()];
        for (int i = 0; i < samples.count(); i++) {
            order[next[samples.get(samples.start(i))]++] = i;
        }
        return order;
    }

    private int[] rowOrder(int[] place) {
        int[] next = new int[place.length + 1];
        for (int row = 0; row < rows; row++) {
            next[place[rowSample[row]] + 1]++;
        }
        for (int i = 1; i < next.length; i++) {
            next[i] += next[i - 1];
        }
        int[] order = new int[rows];
        for (int row = 0; row < rows; row++) {
            order[next[place[rowSample[row]]]++] = row;
        }
        return order;
    }
}
