package io.stackhouse.pipeline.batch;

import io.stackhouse.pipeline.batch.Columns.Ints;
import io.stackhouse.pipeline.batch.Columns.Longs;
import io.stackhouse.pipeline.memory.DecodeMemory;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Profiles as columns: samples (what was seen: stack, attributes, link) and rows (when, and how much).
 *
 * <p>A <b>row</b> is one observation of a sample: a value, and the time at which it was taken or 0 when it stands for the whole
 * interval of its profile. A sample with timestamps only has a row of value 1 per timestamp. A row's <b>threshold</b> is the
 * sampling threshold τ it survived, 0 when it was never sampled; its weight is {@code max(value, threshold)}. A row may stand for
 * several <b>observations</b> that were merged into it.
 *
 * <p>A batch whose rows were sampled may carry {@link Totals}: what its rows summed up to before. They go with it wherever it
 * goes; whoever makes one batch of several puts their totals together.
 *
 * <p>See {@link Batch} for threads and ownership.
 */
public final class ProfileBatch implements Batch {
    private Dictionary dictionary;
    private final List<Resource> resources;
    private List<ProfileHeader> profiles;
    private SampleColumns columns;
    private final long receivedUnixNanos;
    private List<Totals> totals = List.of();
    private Receipt receipt = Receipt.none();

    /**
     * @param resources what {@link ProfileHeader#resource} refers to
     * @param profiles what {@link #sampleProfile} refers to; a profile without samples is kept, it may carry a payload
     */
    public ProfileBatch(
            Dictionary dictionary,
            List<Resource> resources,
            List<ProfileHeader> profiles,
            SampleColumns columns,
            long receivedUnixNanos) {
        this.dictionary = dictionary;
        this.resources = resources;
        this.profiles = profiles;
        this.columns = columns;
        this.receivedUnixNanos = receivedUnixNanos;
    }

    /** The columns of samples and rows while a decoder fills them; see {@link DictionaryColumns} for {@code …Start}. */
    public static final class SampleColumns {
        public final Ints profile;
        public final Ints stack;
        public final Ints link;
        public final Ints attributeStart;
        public final Ints attribute;

        public final Ints rowSample;
        public final Longs rowValue;
        public final Longs rowTimestamp;
        /** Empty until a row is sampled for the first time; its memory is taken by the decoder. */
        public final Longs rowThreshold;
        /** Empty, or one for each row. */
        public final Longs rowObservations;

        public SampleColumns() {
            this(DecodeMemory.unbounded(), null);
        }

        /**
         * Makes empty columns.
         *
         * @param memory what they are charged to as they grow
         * @param arrays where they are filled; {@link #pack} them before these are used again
         */
        public SampleColumns(DecodeMemory memory, @Nullable ColumnArrays arrays) {
            profile = new Ints(memory, arrays);
            stack = new Ints(memory, arrays);
            link = new Ints(memory, arrays);
            attributeStart = new Ints(memory, arrays);
            attribute = new Ints(memory, arrays);
            rowSample = new Ints(memory, arrays);
            rowValue = new Longs(memory, arrays);
            rowTimestamp = new Longs(memory, arrays);
            rowThreshold = new Longs();
            rowObservations = new Longs();
        }

        /** The same columns, but for other attributes. */
        private SampleColumns(SampleColumns same, Ints attributeStart, Ints attribute) {
            this.profile = same.profile;
            this.stack = same.stack;
            this.link = same.link;
            this.attributeStart = attributeStart;
            this.attribute = attribute;
            this.rowSample = same.rowSample;
            this.rowValue = same.rowValue;
            this.rowTimestamp = same.rowTimestamp;
            this.rowThreshold = same.rowThreshold;
            this.rowObservations = same.rowObservations;
        }

        /** At most what {@link ProfileBatch#sampleRows} allocates. */
        public long bytesToSampleRows() {
            return DecodeMemory.arrayBytes((long) rowSample.size() * Long.BYTES, 2)
                    + rowSample.bytesToMoveElements()
                    + rowValue.bytesToMoveElements()
                    + rowTimestamp.bytesToMoveElements();
        }

        /** Gives up the arrays that the columns were filled in. */
        public void pack() {
            profile.pack();
            stack.pack();
            link.pack();
            attributeStart.pack();
            attribute.pack();
            rowSample.pack();
            rowValue.pack();
            rowTimestamp.pack();
        }

        /** Lets {@link ProfileBatch#sampleRows} change the rows without a charge: it may come after the request's end. */
        public void detach() {
            rowSample.detach();
            rowValue.detach();
            rowTimestamp.detach();
        }
    }

    public Dictionary dictionary() {
        return dictionary;
    }

    public int resourceCount() {
        return resources.size();
    }

    public Resource resource(int index) {
        return resources.get(index);
    }

    public int profileCount() {
        return profiles.size();
    }

    public ProfileHeader profile(int index) {
        return profiles.get(index);
    }

    public int sampleCount() {
        return columns.stack.size();
    }

    public int sampleProfile(int sample) {
        return columns.profile.get(sample);
    }

    /** Index into the stack table, 0 for none. */
    public int sampleStack(int sample) {
        return columns.stack.get(sample);
    }

    /** Index into the link table, 0 for none. */
    public int sampleLink(int sample) {
        return columns.link.get(sample);
    }

    public int sampleAttributeStart(int sample) {
        return columns.attributeStart.get(sample);
    }

    public int sampleAttributeEnd(int sample) {
        return columns.attributeStart.get(sample + 1);
    }

    /** Index into the attribute table. */
    public int sampleAttribute(int position) {
        return columns.attribute.get(position);
    }

    public int rowCount() {
        return columns.rowSample.size();
    }

    public int rowSample(int row) {
        return columns.rowSample.get(row);
    }

    /** In the unit of the profile's type. */
    public long rowValue(int row) {
        return columns.rowValue.get(row);
    }

    /** Wall time of the observation, or 0: some time in the profile's interval. */
    public long rowTimestampUnixNanos(int row) {
        return columns.rowTimestamp.get(row);
    }

    /** In the unit of the value, 0 when the row was never sampled. */
    public long rowThreshold(int row) {
        return columns.rowThreshold.size() == 0 ? 0 : columns.rowThreshold.get(row);
    }

    /** How many observations were merged into the row; 1 or more. */
    public long rowObservations(int row) {
        return columns.rowObservations.size() == 0 ? 1 : columns.rowObservations.get(row);
    }

    /** What the rows summed up to before they were sampled; empty when nobody has sampled them. */
    public List<Totals> totals() {
        return totals;
    }

    public void setTotals(List<Totals> totals) {
        this.totals = List.copyOf(totals);
    }

    /** Decides about one row: keep it, and under which threshold. */
    @FunctionalInterface
    public interface RowSampling {
        /** The row's new threshold, 0 or more, to keep it; negative to drop it. */
        long threshold(ProfileBatch batch, int row);
    }

    /** Drops the rows that {@code sampling} does not keep, in place and in order; samples without rows stay in their table. */
    public void sampleRows(RowSampling sampling) {
        int rows = rowCount();
        Longs thresholds = columns.rowThreshold;
        if (thresholds.size() == 0) {
            thresholds.reserve(rows);
            for (int i = 0; i < rows; i++) {
                thresholds.add(0);
            }
        }
        int kept = 0;
        for (int row = 0; row < rows; row++) {
            long threshold = sampling.threshold(this, row);
            if (threshold >= 0) {
                columns.rowSample.set(kept, columns.rowSample.get(row));
                columns.rowValue.set(kept, columns.rowValue.get(row));
                columns.rowTimestamp.set(kept, columns.rowTimestamp.get(row));
                thresholds.set(kept, threshold);
                if (columns.rowObservations.size() > 0) {
                    columns.rowObservations.set(kept, columns.rowObservations.get(row));
                }
                kept++;
            }
        }
        columns.rowSample.truncate(kept);
        columns.rowValue.truncate(kept);
        columns.rowTimestamp.truncate(kept);
        thresholds.truncate(kept);
        columns.rowObservations.truncate(Math.min(kept, columns.rowObservations.size()));
    }

    /**
     * Gives the samples other attributes; the columns before aren't changed.
     *
     * @param extended the batch's dictionary, or one that {@link AttributeRows} made of it
     * @param attributeStart as {@link #sampleAttributeStart}, with one element more than there are samples
     * @param attribute as {@link #sampleAttribute}
     */
    public void setSampleAttributes(Dictionary extended, Ints attributeStart, Ints attribute) {
        if (attributeStart.size() != sampleCount() + 1) {
            throw new IllegalArgumentException(
                    attributeStart.size() + " starts of attributes for " + sampleCount() + " samples");
        }
        dictionary = extended;
        columns = new SampleColumns(columns, attributeStart, attribute);
    }

    /**
     * Gives the profiles other headers, as many and in the same order.
     *
     * @param extended the batch's dictionary, or one that {@link AttributeRows} made of it
     */
    public void setProfiles(Dictionary extended, List<ProfileHeader> headers) {
        if (headers.size() != profiles.size()) {
            throw new IllegalArgumentException(headers.size() + " headers for " + profiles.size() + " profiles");
        }
        dictionary = extended;
        profiles = headers;
    }

    /**
     * Drops profiles and samples, each with its rows, and keeps the others in their order. The columns before aren't changed;
     * resources and the dictionary stay.
     *
     * @param keptSamples those of profiles that aren't kept must not be in it
     */
    public void retain(BitSet keptProfiles, BitSet keptSamples) {
        int[] newProfile = new int[profileCount()];
        List<ProfileHeader> headers = new ArrayList<>(keptProfiles.cardinality());
        for (int i = 0; i < newProfile.length; i++) {
            newProfile[i] = headers.size();
            if (keptProfiles.get(i)) {
                headers.add(profiles.get(i));
            }
        }
        SampleColumns kept = new SampleColumns();
        int[] newSample = copySamples(keptSamples, newProfile, kept);
        copyRows(keptSamples, newSample, kept);
        profiles = headers;
        columns = kept;
    }

    /**
     * A batch of its own with some of the profiles and samples. Resources are copied, so that both may be changed; the dictionary is
     * shared. It has no receipt.
     *
     * @param partProfiles and {@code partSamples} as those of {@link #retain}
     */
    public ProfileBatch part(BitSet partProfiles, BitSet partSamples) {
        List<Resource> copies = new ArrayList<>(resources.size());
        for (Resource resource : resources) {
            copies.add(resource.copy());
        }
        ProfileBatch part = new ProfileBatch(dictionary, copies, profiles, columns, receivedUnixNanos);
        part.retain(partProfiles, partSamples);
        return part;
    }

    /** The samples' new indices. */
    private int[] copySamples(BitSet keptSamples, int[] newProfile, SampleColumns into) {
        int count = keptSamples.cardinality();
        into.profile.reserve(count);
        into.stack.reserve(count);
        into.link.reserve(count);
        into.attributeStart.reserve(count + 1);
        int[] newSample = new int[sampleCount()];
        for (int i = keptSamples.nextSetBit(0); i >= 0; i = keptSamples.nextSetBit(i + 1)) {
            newSample[i] = into.stack.size();
            into.profile.add(newProfile[sampleProfile(i)]);
            into.stack.add(sampleStack(i));
            into.link.add(sampleLink(i));
            into.attributeStart.add(into.attribute.size());
            for (int k = sampleAttributeStart(i); k < sampleAttributeEnd(i); k++) {
                into.attribute.add(sampleAttribute(k));
            }
        }
        into.attributeStart.add(into.attribute.size());
        return newSample;
    }

    private void copyRows(BitSet keptSamples, int[] newSample, SampleColumns into) {
        boolean hasThresholds = columns.rowThreshold.size() > 0;
        boolean hasObservations = columns.rowObservations.size() > 0;
        for (int row = 0; row < rowCount(); row++) {
            int sample = rowSample(row);
            if (keptSamples.get(sample)) {
                into.rowSample.add(newSample[sample]);
                into.rowValue.add(rowValue(row));
                into.rowTimestamp.add(rowTimestampUnixNanos(row));
                if (hasThresholds) {
                    into.rowThreshold.add(rowThreshold(row));
                }
                if (hasObservations) {
                    into.rowObservations.add(rowObservations(row));
                }
            }
        }
    }

    /** Rows. */
    @Override
    public int size() {
        return rowCount();
    }

    @Override
    public long receivedUnixNanos() {
        return receivedUnixNanos;
    }

    @Override
    public Receipt receipt() {
        return receipt;
    }

    @Override
    public void setReceipt(Receipt receipt) {
        this.receipt = receipt;
    }
}
