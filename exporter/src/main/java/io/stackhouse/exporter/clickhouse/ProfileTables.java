package io.stackhouse.exporter.clickhouse;

import io.stackhouse.pipeline.batch.Attributes;
import io.stackhouse.pipeline.batch.Batch;
import io.stackhouse.pipeline.batch.BelievedTimes;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.batch.ProfileHeader;
import io.stackhouse.pipeline.batch.Resource;
import io.stackhouse.pipeline.batch.Scope;
import io.stackhouse.pipeline.batch.Totals;
import io.stackhouse.pipeline.identity.ResourceHash;
import io.stackhouse.pipeline.identity.StackHasher;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Samples, the stacks and resources that they refer to, original payloads, and totals. Stacks and resources are sent only when ClickHouse may not have them, and
 * first, so that no sample is without its stack. One thread.
 */
final class ProfileTables implements TableGroup {
    private static final int NOT_COUNTED = -1;
    private static final int MAX_KNOWN_RESOURCES = 100_000;

    private final SampleTable samples = new SampleTable();
    private final StackTable stacks = new StackTable();
    private final ResourceTable resources = new ResourceTable();
    private final PayloadTable payloads = new PayloadTable();
    private final TotalTable totals = new TotalTable();
    private final BlockEncoder encoder;
    private final ExporterMetrics metrics;
    private final SentKeys sentStacks;
    private final SentKeys sentResources = new SentKeys(MAX_KNOWN_RESOURCES);
    private final Months months = new Months();

    private @Nullable OpenBatch open;
    private int profile = -1;
    private long movedTimestamps;

    ProfileTables(int stackCacheSize, BlockEncoder encoder, ExporterMetrics metrics) {
        this.sentStacks = new SentKeys(stackCacheSize);
        this.encoder = encoder;
        this.metrics = metrics;
    }

    /** A batch and what is known of it by now. */
    private static final class OpenBatch {
        final ProfileBatch batch;
        final StackHasher hasher;
        final int[] namedFrames;
        final @Nullable ServiceIdentity[] services;
        ServiceIdentity service;
        int hashedResource = -1;

        @Nullable
        Scope hashedScope;

        long resourceHash;

        /** Profiles that the table of payloads has a row for. */
        final int[] payloadProfiles;

        OpenBatch(ProfileBatch batch) {
            this.batch = batch;
            this.hasher = new StackHasher(batch.dictionary());
            this.namedFrames = new int[batch.dictionary().stackCount()];
            Arrays.fill(namedFrames, NOT_COUNTED);
            this.services = new ServiceIdentity[batch.resourceCount()];
            this.service = ServiceIdentity.of(new Attributes());
            this.payloadProfiles = IntStream.range(0, batch.profileCount())
                    .filter(index -> PayloadTable.isWanted(batch.profile(index)))
                    .toArray();
        }

        /** The resource's service, found once. */
        ServiceIdentity service(int index) {
            ServiceIdentity known = services[index];
            if (known == null) {
                known = ServiceIdentity.of(batch.resource(index).attributes());
                services[index] = known;
            }
            return known;
        }

        void select(ProfileHeader header) {
            int index = header.resource();
            Resource resource = batch.resource(index);
            service = service(index);
            if (index != hashedResource || !header.scope().equals(hashedScope)) {
                resourceHash = ResourceHash.of(resource, header.scope());
                hashedResource = index;
                hashedScope = header.scope();
            }
        }

        int namedFrames(int stack) {
            if (namedFrames[stack] == NOT_COUNTED) {
                namedFrames[stack] = FrameNames.namedFrames(batch.dictionary(), stack);
            }
            return namedFrames[stack];
        }
    }

    @Override
    public int open(Batch batch) {
        ProfileBatch profiles = (ProfileBatch) batch;
        OpenBatch opened = new OpenBatch(profiles);
        open = opened;
        profile = -1;
        samples.openBatch(profiles.dictionary());
        payloads.openBatch(profiles.dictionary());
        return profiles.rowCount()
                + opened.payloadProfiles.length
                + profiles.totals().size();
    }

    @Override
    public void append(int item) {
        OpenBatch current = opened();
        int payload = item - current.batch.rowCount();
        int total = payload - current.payloadProfiles.length;
        if (payload < 0) {
            appendRow(current, item);
        } else if (total < 0) {
            appendPayload(current, current.batch.profile(current.payloadProfiles[payload]));
        } else {
            Totals exact = current.batch.totals().get(total);
            totals.addTotals(current.service(exact.resource()), exact);
        }
    }

    private void appendPayload(OpenBatch current, ProfileHeader header) {
        ProfileBatch batch = current.batch;
        profile = -1;
        current.select(header);
        long received = batch.receivedUnixNanos();
        long time = BelievedTimes.stored(0, header.timeUnixNanos(), received);
        appendResource(current, header, months.firstDay(time));
        PayloadTable.Source source = new PayloadTable.Source(current.service, current.resourceHash);
        payloads.append(batch.dictionary(), header, source, time, received);
    }

    private void appendRow(OpenBatch current, int item) {
        ProfileBatch batch = current.batch;
        int sample = batch.rowSample(item);
        ProfileHeader header = batch.profile(batch.sampleProfile(sample));
        if (batch.sampleProfile(sample) != profile) {
            profile = batch.sampleProfile(sample);
            current.select(header);
            samples.openProfile(current.service, header, current.resourceHash);
        }
        long original = batch.rowTimestampUnixNanos(item);
        original = original == 0 ? header.timeUnixNanos() : original;
        original = original == 0 ? batch.receivedUnixNanos() : original;
        boolean isBelieved = TimeWindow.contains(original, batch.receivedUnixNanos());
        movedTimestamps += isBelieved ? 0 : 1;
        long time = isBelieved ? original : batch.receivedUnixNanos();

        long month = months.firstDay(time);
        appendResource(current, header, month);
        long stackHash = appendStack(current, batch.sampleStack(sample), month);
        samples.append(batch, item, stackHash, time, original);
        if (batch.totals().isEmpty()) {
            totals.sums(current.service, header.type(), time)
                    .addRow(batch.rowValue(item), samples.events(batch, item), batch.rowThreshold(item));
        }
    }

    private void appendResource(OpenBatch current, ProfileHeader header, long month) {
        if (sentResources.isNew(mix(current.resourceHash + month))) {
            resources.appendKey(current.service, current.resourceHash, month, current.batch.receivedUnixNanos());
            resources.appendContent(current.batch.resource(header.resource()), header.scope());
        }
    }

    private long appendStack(OpenBatch current, int stack, long month) {
        long hash = current.hasher.hash(stack);
        if (hash != 0) {
            long key = mix(mix(hash ^ current.service.hash()) + (month << 32) + current.namedFrames(stack));
            if (sentStacks.isNew(key)) {
                ProfileBatch batch = current.batch;
                stacks.append(current.service, batch.dictionary(), stack, hash, month, batch.receivedUnixNanos());
            }
        }
        return hash;
    }

    @Override
    public int items() {
        return samples.block.rows();
    }

    @Override
    public long byteCount() {
        return samples.block.byteCount()
                + stacks.block.byteCount()
                + resources.block.byteCount()
                + payloads.block.byteCount()
                + totals.byteCount();
    }

    @Override
    public void mark() {
        samples.block.mark();
        stacks.block.mark();
        resources.block.mark();
        payloads.block.mark();
        totals.mark();
    }

    @Override
    public void rollback() {
        samples.block.rollback();
        payloads.block.rollback();
        totals.rollback();
        // Whole stacks and resources could stay, but the last one may be half; their keys are forgotten, so they come
        // again.
        stacks.block.rollback();
        resources.block.rollback();
        sentStacks.discard();
        sentResources.discard();
    }

    @Override
    public List<Block> cut() {
        metrics.timestampsMoved(movedTimestamps);
        movedTimestamps = 0;
        profile = -1;
        try {
            totals.fill();
            List<Block> blocks = new ArrayList<>(5);
            encoder.addBlock(StackTable.NAME, stacks.block, blocks);
            encoder.addBlock(ResourceTable.NAME, resources.block, blocks);
            encoder.addBlock(PayloadTable.NAME, payloads.block, blocks);
            encoder.addBlock(TotalTable.NAME, totals.block, blocks);
            encoder.addBlock(SampleTable.NAME, samples.block, blocks);
            return blocks;
        } catch (RuntimeException e) {
            sentStacks.discard();
            sentResources.discard();
            throw e;
        } finally {
            samples.clear();
            stacks.block.clear();
            resources.block.clear();
            payloads.clear();
            totals.clear();
        }
    }

    @Override
    public void kept(boolean isKept) {
        if (isKept) {
            sentStacks.commit();
            sentResources.commit();
        } else {
            sentStacks.discard();
            sentResources.discard();
        }
    }

    @Override
    public void forgetSent() {
        sentStacks.clear();
        sentResources.clear();
    }

    private OpenBatch opened() {
        if (open == null) {
            throw new IllegalStateException("no batch was opened");
        }
        return open;
    }

    private static long mix(long value) {
        long mixed = (value ^ value >>> 32) * 0xD6E8FEB86659FD93L;
        return mixed ^ mixed >>> 32;
    }
}
