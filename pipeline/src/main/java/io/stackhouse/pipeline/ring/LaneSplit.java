package io.stackhouse.pipeline.ring;

import io.stackhouse.pipeline.batch.AttributeValue;
import io.stackhouse.pipeline.batch.Attributes;
import io.stackhouse.pipeline.batch.Batch;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.batch.Receipt;
import io.stackhouse.pipeline.batch.Resource;
import io.stackhouse.pipeline.batch.SpanBatch;
import io.stackhouse.pipeline.batch.SpanBatch.SpanGroup;
import io.stackhouse.pipeline.batch.Totals;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cuts batches by resource, so that all data of one resource go to one lane, in their order: a hash of the resource's attributes as they came,
 * whatever their order, says which. A batch whose resources all go to one lane stays as it is. The parts share the dictionary, which any thread
 * may read; everything else is their own. Without state; any thread.
 */
final class LaneSplit {
    private final int lanes;

    LaneSplit(int lanes) {
        this.lanes = lanes;
    }

    /** The batch by lanes, null where a lane gets nothing. The parts' receipts together settle the batch's. */
    @Nullable
    Batch[] byLane(Batch batch) {
        @Nullable Batch[] parts = new Batch[lanes];
        if (lanes == 1) {
            parts[0] = batch;
        } else if (batch instanceof ProfileBatch profiles) {
            cut(profiles, parts);
        } else if (batch instanceof SpanBatch spans) {
            cut(spans, parts);
        }
        settleTogether(batch, parts);
        return parts;
    }

    private static void settleTogether(Batch whole, @Nullable Batch[] parts) {
        int count = 0;
        for (Batch part : parts) {
            count += part == null ? 0 : 1;
        }
        if (count == 1) {
            return;
        }
        Receipt shared = Receipt.shared(whole.receipt(), count);
        for (Batch part : parts) {
            if (part != null) {
                part.setReceipt(new PartReceipt(shared));
            }
        }
    }

    private void cut(ProfileBatch batch, @Nullable Batch[] parts) {
        int[] laneOfResource = new int[batch.resourceCount()];
        for (int i = 0; i < laneOfResource.length; i++) {
            laneOfResource[i] = lane(batch.resource(i));
        }
        BitSet used = new BitSet(lanes);
        for (int i = 0; i < batch.profileCount(); i++) {
            used.set(laneOfResource[batch.profile(i).resource()]);
        }
        for (Totals totals : batch.totals()) {
            used.set(laneOfResource[totals.resource()]);
        }
        if (used.cardinality() <= 1) {
            parts[Math.max(0, used.nextSetBit(0))] = batch;
            return;
        }
        for (int lane = used.nextSetBit(0); lane >= 0; lane = used.nextSetBit(lane + 1)) {
            parts[lane] = part(batch, laneOfResource, lane);
        }
    }

    private static ProfileBatch part(ProfileBatch batch, int[] laneOfResource, int lane) {
        BitSet profiles = new BitSet(batch.profileCount());
        for (int i = 0; i < batch.profileCount(); i++) {
            profiles.set(i, laneOfResource[batch.profile(i).resource()] == lane);
        }
        BitSet samples = new BitSet(batch.sampleCount());
        for (int i = 0; i < batch.sampleCount(); i++) {
            samples.set(i, profiles.get(batch.sampleProfile(i)));
        }
        ProfileBatch part = batch.part(profiles, samples);
        List<Totals> totals = new ArrayList<>();
        for (Totals one : batch.totals()) {
            if (laneOfResource[one.resource()] == lane) {
                totals.add(one);
            }
        }
        part.setTotals(totals);
        return part;
    }

    private void cut(SpanBatch batch, @Nullable Batch[] parts) {
        IdentityHashMap<Resource, Integer> laneOfResource = new IdentityHashMap<>();
        List<List<SpanGroup>> groups = new ArrayList<>(lanes);
        for (int lane = 0; lane < lanes; lane++) {
            groups.add(new ArrayList<>());
        }
        for (SpanGroup group : batch.groups()) {
            groups.get(laneOfResource.computeIfAbsent(group.resource(), this::lane))
                    .add(group);
        }
        for (int lane = 0; lane < lanes; lane++) {
            int size = groups.get(lane).size();
            if (size == batch.groups().size()) {
                // All of them; and a batch without any goes to the first lane.
                parts[lane] = batch;
                return;
            }
            if (size > 0) {
                parts[lane] = new SpanBatch(groups.get(lane), batch.receivedUnixNanos());
            }
        }
    }

    /** The resource's lane, from 0. */
    int lane(Resource resource) {
        Attributes attributes = resource.attributes();
        long hash = 0;
        for (int i = 0; i < attributes.size(); i++) {
            // A sum, so that the order has no meaning.
            hash += mixed(attributes.key(i).hashCode() * 0x9e3779b97f4a7c15L + hash(attributes.value(i)));
        }
        return (int) Long.remainderUnsigned(mixed(hash), lanes);
    }

    private static int hash(AttributeValue value) {
        if (value instanceof AttributeValue.StringValue text) {
            return text.value().hashCode();
        } else if (value instanceof AttributeValue.LongValue number) {
            return Long.hashCode(number.value());
        }
        StringBuilder text = new StringBuilder();
        value.appendText(text);
        return text.toString().hashCode();
    }

    /** Spreads a hash over all bits (the finalizer of SplitMix64). */
    private static long mixed(long hash) {
        long mixed = (hash ^ (hash >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return mixed ^ (mixed >>> 31);
    }
}
