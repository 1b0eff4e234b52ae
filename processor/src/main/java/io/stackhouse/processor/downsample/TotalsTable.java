package io.stackhouse.processor.downsample;

import io.stackhouse.pipeline.batch.IntRows;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.batch.ProfileHeader;
import io.stackhouse.pipeline.batch.ProfileHeader.ValueType;
import io.stackhouse.pipeline.batch.Scope;
import io.stackhouse.pipeline.batch.Totals;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Adds up the rows of one batch by resource, scope, type and window. One thread; used again for the next batch. */
final class TotalsTable {
    private final long windowNanos;
    private final IntRows entries = new IntRows();
    private final int[] key = new int[3];
    private final Map<Source, Integer> sources = new HashMap<>();
    private int[] sourceOfProfile = new int[16];
    private long[] sums = new long[64];
    private long[] observations = new long[64];
    private long[] kept = new long[64];
    /** Those whose sum was full. */
    private final List<Totals> closed = new ArrayList<>();

    private int lastSource = -1;
    private long lastStart;
    private int lastEntry;

    TotalsTable(long windowNanos) {
        this.windowNanos = windowNanos;
    }

    private record Source(int resource, Scope scope, ValueType type) {}

    void open(ProfileBatch batch) {
        entries.clear();
        sources.clear();
        closed.clear();
        lastSource = -1;
        if (sourceOfProfile.length < batch.profileCount()) {
            sourceOfProfile = new int[batch.profileCount()];
        }
        for (int i = 0; i < batch.profileCount(); i++) {
            ProfileHeader header = batch.profile(i);
            Integer known = sources.putIfAbsent(new Source(header.resource(), header.scope(), header.type()), i);
            sourceOfProfile[i] = known == null ? i : known;
        }
    }

    /** Adds an observation; returns the entry to be given to {@link #keep}. */
    int add(ProfileBatch batch, int profile, long unixNanos, long weight, long count) {
        int source = sourceOfProfile[profile];
        int entry = lastEntry;
        if (source != lastSource || unixNanos < lastStart || unixNanos - lastStart >= windowNanos) {
            entry = entry(source, unixNanos);
        }
        long sum = sums[entry] + weight;
        if (((sum ^ sums[entry]) & (sum ^ weight)) < 0) {
            closed.add(total(batch, entry));
            sum = weight;
            observations[entry] = 0;
            kept[entry] = 0;
        }
        sums[entry] = sum;
        observations[entry] += count;
        return entry;
    }

    void keep(int entry) {
        kept[entry]++;
    }

    private int entry(int source, long unixNanos) {
        long window = Math.floorDiv(unixNanos, windowNanos);
        key[0] = source;
        key[1] = (int) (window >>> 32);
        key[2] = (int) window;
        int known = entries.count();
        int entry = entries.intern(key, 0, 3);
        if (entry == known) {
            if (entry == sums.length) {
                sums = Arrays.copyOf(sums, entry * 2);
                observations = Arrays.copyOf(observations, entry * 2);
                kept = Arrays.copyOf(kept, entry * 2);
            }
            sums[entry] = 0;
            observations[entry] = 0;
            kept[entry] = 0;
        }
        lastSource = source;
        lastStart = window * windowNanos;
        lastEntry = entry;
        return entry;
    }

    private Totals total(ProfileBatch batch, int entry) {
        int at = entries.start(entry);
        ProfileHeader header = batch.profile(entries.get(at));
        long window = ((long) entries.get(at + 1) << 32) | (entries.get(at + 2) & 0xffff_ffffL);
        return new Totals(
                header.resource(),
                header.scope(),
                header.type(),
                window * windowNanos,
                windowNanos,
                sums[entry],
                observations[entry],
                kept[entry]);
    }

    List<Totals> totals(ProfileBatch batch) {
        List<Totals> totals = new ArrayList<>(entries.count() + closed.size());
        totals.addAll(closed);
        for (int i = 0; i < entries.count(); i++) {
            totals.add(total(batch, i));
        }
        return totals;
    }
}
