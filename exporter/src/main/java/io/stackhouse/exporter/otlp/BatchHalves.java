package io.stackhouse.exporter.otlp;

import io.opentelemetry.proto.trace.v1.Span;
import io.stackhouse.pipeline.batch.Batch;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.batch.ProfileHeader;
import io.stackhouse.pipeline.batch.SpanBatch;
import io.stackhouse.pipeline.batch.SpanBatch.SpanGroup;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Halves batches that are too large for one request. The batch itself isn't changed, and shares its dictionary and resources. Stateless. */
final class BatchHalves {
    private BatchHalves() {}

    /** Two batches without receipts that together are the batch; none when there is but one span or sample. */
    static List<Batch> of(Batch batch) {
        return batch instanceof ProfileBatch profiles ? ofProfiles(profiles) : ofSpans((SpanBatch) batch);
    }

    private static List<Batch> ofSpans(SpanBatch batch) {
        int size = batch.size();
        if (size < 2) {
            return List.of();
        }
        return List.of(spans(batch, 0, size / 2), spans(batch, size / 2, size));
    }

    private static SpanBatch spans(SpanBatch batch, int from, int to) {
        List<SpanGroup> groups = new ArrayList<>();
        int start = 0;
        for (SpanGroup group : batch.groups()) {
            int first = Math.max(from, start);
            int last = Math.min(to, start + group.spans().size());
            if (first < last) {
                List<Span> some = group.spans().subList(first - start, last - start);
                groups.add(new SpanGroup(group.resource(), group.scope(), some));
            }
            start += group.spans().size();
        }
        return new SpanBatch(groups, batch.receivedUnixNanos());
    }

    private static List<Batch> ofProfiles(ProfileBatch batch) {
        int samples = batch.sampleCount();
        if (samples < 2) {
            return halvedByProfiles(batch);
        }
        int middle = samples / 2;
        BitSet firstProfiles = new BitSet();
        BitSet secondProfiles = new BitSet();
        for (int i = 0; i < samples; i++) {
            (i < middle ? firstProfiles : secondProfiles).set(batch.sampleProfile(i));
        }
        // And what has no samples at all: a profile may carry a payload alone.
        for (int i = 0; i < batch.profileCount(); i++) {
            if (!secondProfiles.get(i)) {
                firstProfiles.set(i);
            }
        }
        return parts(batch, firstProfiles, range(0, middle), secondProfiles, range(middle, samples));
    }

    /** Profiles with payloads and hardly a sample. */
    private static List<Batch> halvedByProfiles(ProfileBatch batch) {
        int profiles = batch.profileCount();
        if (profiles < 2) {
            return List.of();
        }
        int middle = profiles / 2;
        BitSet all = range(0, batch.sampleCount());
        boolean isSampleInFirst = batch.sampleCount() > 0 && batch.sampleProfile(0) < middle;
        return parts(
                batch,
                range(0, middle),
                isSampleInFirst ? all : new BitSet(),
                range(middle, profiles),
                isSampleInFirst ? new BitSet() : all);
    }

    private static BitSet range(int from, int to) {
        BitSet bits = new BitSet(to);
        bits.set(from, to);
        return bits;
    }

    private static List<Batch> parts(
            ProfileBatch batch,
            BitSet firstProfiles,
            BitSet firstSamples,
            BitSet secondProfiles,
            BitSet secondSamples) {
        ProfileBatch first = batch.part(firstProfiles, firstSamples);
        first.setTotals(batch.totals());
        ProfileBatch second = batch.part(secondProfiles, secondSamples);
        // A profile in both has its payload in the first alone.
        List<ProfileHeader> headers = new ArrayList<>(second.profileCount());
        int profile = secondProfiles.nextSetBit(0);
        for (int i = 0; i < second.profileCount(); i++) {
            ProfileHeader header = second.profile(i);
            headers.add(firstProfiles.get(profile) ? header.withoutPayload() : header);
            profile = secondProfiles.nextSetBit(profile + 1);
        }
        second.setProfiles(second.dictionary(), headers);
        return List.of(first, second);
    }
}
