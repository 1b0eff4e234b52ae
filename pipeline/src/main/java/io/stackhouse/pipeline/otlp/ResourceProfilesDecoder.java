package io.stackhouse.pipeline.otlp;

import io.stackhouse.pipeline.batch.ColumnArrays;
import io.stackhouse.pipeline.batch.Columns.Ints;
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

    private final WireReader in;
    private final DecodeMemory memory;
    private final SampleReader samples;
    private int resourcePlace = -1;
    private int scopePlace;
    private int profilePlace;

    /**
     * Makes one that has read nothing.
     *
     * @param arrays where its columns are filled, until they are packed
     */
    ResourceProfilesDecoder(WireReader in, DecodeMemory memory, ColumnArrays arrays) {
        this.in = in;
        this.memory = memory;
        this.columns = new SampleColumns(memory, arrays);
        this.samples = new SampleReader(in, columns);
        this.profileAttributes = new Ints(memory);
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
            samples.readUsual(profiles.size(), profile);
            if (!in.hasMore()) {
                break;
            }
            int tag = in.tag();
            switch (tag) {
                case 1 << 3 | 2 -> valueType(profile, false);
                case 2 << 3 | 2 -> samples.read(profiles.size(), profile);
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
        samples.endProfile();
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

    /** Samples with neither values nor timestamps, which are in no column. */
    long emptySamples() {
        return samples.emptySamples();
    }

    /** The position after the sample's last attribute. */
    int attributeEnd(int sample) {
        return sample + 1 < columns.attributeStart.size()
                ? columns.attributeStart.get(sample + 1)
                : columns.attribute.size();
    }
}
