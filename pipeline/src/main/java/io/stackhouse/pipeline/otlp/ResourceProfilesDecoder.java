package io.stackhouse.pipeline.otlp;

import io.stackhouse.pipeline.batch.Columns.Ints;
import io.stackhouse.pipeline.batch.Columns.Longs;
import io.stackhouse.pipeline.batch.ProfileBatch.SampleColumns;
import io.stackhouse.pipeline.memory.DecodeMemory;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads ResourceProfiles, ScopeProfiles, Profile and Sample of v1development, version 1, into columns of raw indices. One per
 * message, one thread. The dictionary may follow later in the message, so nothing is looked up here.
 */
final class ResourceProfilesDecoder {
    /** Those with at least one profile. */
    final List<RawEnvelope> resources = new ArrayList<>();

    final List<RawProfile> profiles = new ArrayList<>();
    final Ints profileAttributes;
    final SampleColumns columns;

    /** Samples with neither values nor timestamps, which are in no column. */
    long emptySamples;

    private final WireReader in;
    private final DecodeMemory memory;
    private final Longs values;
    private final Longs timestamps;
    private int resourcePlace = -1;
    private int scopePlace;
    private int profilePlace;

    ResourceProfilesDecoder(WireReader in, DecodeMemory memory) {
        this.in = in;
        this.memory = memory;
        this.columns = new SampleColumns(memory);
        this.profileAttributes = new Ints(16, memory);
        this.values = new Longs(16, memory);
        this.timestamps = new Longs(16, memory);
    }

    /** Reads one ResourceProfiles up to the reader's limit. Without a profile in it, nothing of it is kept. */
    void read() {
        resourcePlace++;
        scopePlace = -1;
        if (!in.hasMore()) {
            return;
        }
        int profilesBefore = profiles.size();
        RawEnvelope resource = envelope();
        while (in.hasMore()) {
            int tag = in.tag();
            switch (tag) {
                case 1 << 3 | 2 -> piece(resource);
                case 2 << 3 | 2 -> scopeProfiles();
                case 3 << 3 | 2 -> resource.schemaUrl = in.text(memory);
                default -> in.skip(tag);
            }
        }
        if (profiles.size() == profilesBefore) {
            memory.giveBack(RawEnvelope.BYTES);
        } else {
            resources.add(resource);
        }
    }

    private RawEnvelope envelope() {
        memory.take(RawEnvelope.BYTES);
        return new RawEnvelope(memory);
    }

    private void piece(RawEnvelope envelope) {
        int start = in.skipDelimited();
        if (in.position() > start) {
            envelope.addPiece(start, in.position() - start);
        }
    }

    private void scopeProfiles() {
        scopePlace++;
        profilePlace = -1;
        int outer = in.enter();
        if (in.hasMore()) {
            int profilesBefore = profiles.size();
            RawEnvelope scope = envelope();
            while (in.hasMore()) {
                int tag = in.tag();
                switch (tag) {
                    case 1 << 3 | 2 -> piece(scope);
                    case 2 << 3 | 2 -> profile(scope);
                    case 3 << 3 | 2 -> scope.schemaUrl = in.text(memory);
                    default -> in.skip(tag);
                }
            }
            memory.giveBack(profiles.size() == profilesBefore ? RawEnvelope.BYTES : 0);
        }
        in.leave(outer);
    }

    private RawProfile newProfile(RawEnvelope scope) {
        memory.take(RawProfile.BYTES);
        RawProfile profile = new RawProfile(
                resources.size(), scope, columns.stack.size(), columns.rowSample.size(), profileAttributes.size());
        profile.resourcePlace = resourcePlace;
        profile.scopePlace = scopePlace;
        profile.profilePlace = ++profilePlace;
        return profile;
    }

    private void profile(RawEnvelope scope) {
        int outer = in.enter();
        RawProfile profile = newProfile(scope);
        while (in.hasMore()) {
            int tag = in.tag();
            switch (tag) {
                case 1 << 3 | 2 -> valueType(profile, false);
                case 2 << 3 | 2 -> sample(profile);
                case 3 << 3 | 1 -> profile.timeUnixNanos = in.fixed64();
                case 4 << 3 -> profile.durationNanos = in.varint();
                case 5 << 3 | 2 -> valueType(profile, true);
                case 6 << 3 -> profile.period = in.varint();
                case 7 << 3 | 2 -> {
                    profile.idOffset = in.skipDelimited();
                    profile.idLength = in.position() - profile.idOffset;
                }
                case 8 << 3 -> profile.droppedAttributesCount = in.int32();
                case 9 << 3 | 2 -> {
                    profile.formatOffset = in.skipDelimited();
                    profile.formatLength = in.position() - profile.formatOffset;
                }
                case 10 << 3 | 2 -> {
                    profile.payloadOffset = in.skipDelimited();
                    profile.payloadLength = in.position() - profile.payloadOffset;
                }
                case 11 << 3, 11 << 3 | 2 -> DictionaryDecoder.indices(in, tag, profileAttributes);
                default -> in.skip(tag);
            }
        }
        in.leave(outer);
        profile.endSample = columns.stack.size();
        profile.endRow = columns.rowSample.size();
        profile.endAttribute = profileAttributes.size();
        profiles.add(profile);
    }

    private void valueType(RawProfile profile, boolean isPeriod) {
        int outer = in.enter();
        while (in.hasMore()) {
            int tag = in.tag();
            if (tag == 1 << 3) {
                int name = in.int32();
                if (isPeriod) {
                    profile.periodTypeName = name;
                } else {
                    profile.typeName = name;
                }
            } else if (tag == 2 << 3) {
                int unit = in.int32();
                if (isPeriod) {
                    profile.periodTypeUnit = unit;
                } else {
                    profile.typeUnit = unit;
                }
            } else {
                in.skip(tag);
            }
        }
        in.leave(outer);
    }

    private void sample(RawProfile profile) {
        int outer = in.enter();
        int sample = columns.stack.size();
        columns.profile.add(profiles.size());
        columns.stack.add(0);
        columns.link.add(0);
        columns.attributeStart.add(columns.attribute.size());
        values.truncate(0);
        timestamps.truncate(0);
        while (in.hasMore()) {
            int tag = in.tag();
            switch (tag) {
                case 1 << 3 -> columns.stack.set(sample, in.int32());
                case 2 << 3, 2 << 3 | 2 -> DictionaryDecoder.indices(in, tag, columns.attribute);
                case 3 << 3 -> columns.link.set(sample, in.int32());
                case 4 << 3, 4 << 3 | 2 -> values(tag);
                case 5 << 3 | 1, 5 << 3 | 2 -> timestamps(tag);
                default -> in.skip(tag);
            }
        }
        in.leave(outer);
        if (!profile.hasUnpairedSample() && addRows(profile, sample)) {
            return;
        }
        columns.attribute.truncate(columns.attributeStart.get(sample));
        columns.attributeStart.truncate(sample);
        columns.profile.truncate(sample);
        columns.stack.truncate(sample);
        columns.link.truncate(sample);
    }

    private void values(int tag) {
        if ((tag & 7) == WireReader.VARINT) {
            values.add(in.varint());
            return;
        }
        int outer = in.enter();
        while (in.hasMore()) {
            values.add(in.varint());
        }
        in.leave(outer);
    }

    private void timestamps(int tag) {
        if ((tag & 7) == WireReader.FIXED64) {
            timestamps.add(in.fixed64());
            return;
        }
        int outer = in.enter();
        while (in.hasMore()) {
            timestamps.add(in.fixed64());
        }
        in.leave(outer);
    }

    /** The three shapes of a sample: timestamps only (each counts 1), values only, a value per timestamp. False: no row. */
    private boolean addRows(RawProfile profile, int sample) {
        int rows = Math.max(values.size(), timestamps.size());
        boolean hasValues = values.size() > 0;
        boolean hasTimestamps = timestamps.size() > 0;
        if (hasValues && hasTimestamps && values.size() != timestamps.size()) {
            profile.unpairedValues = values.size();
            profile.unpairedTimestamps = timestamps.size();
            return false;
        }
        if (rows == 0) {
            emptySamples++;
            return false;
        }
        profile.shapes |= !hasTimestamps ? RawProfile.VALUES : hasValues ? RawProfile.PAIRS : RawProfile.TIMESTAMPS;
        profile.loneValueLists += !hasTimestamps && rows > 1 ? 1 : 0;
        for (int i = 0; i < rows; i++) {
            columns.rowSample.add(sample);
            columns.rowValue.add(hasValues ? values.get(i) : 1);
            columns.rowTimestamp.add(hasTimestamps ? timestamps.get(i) : 0);
        }
        return true;
    }

    /** The position after the sample's last attribute. */
    int attributeEnd(int sample) {
        return sample + 1 < columns.attributeStart.size()
                ? columns.attributeStart.get(sample + 1)
                : columns.attribute.size();
    }
}
