package io.stackhouse.pipeline.otlp;

import io.stackhouse.pipeline.batch.Columns.Ints;
import io.stackhouse.pipeline.batch.Columns.Longs;
import io.stackhouse.pipeline.batch.ProfileBatch.SampleColumns;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads ResourceProfiles, ScopeProfiles, Profile and Sample of v1development, version 1, into columns of raw indices. One per
 * message, one thread. The dictionary may follow later in the message, so nothing is looked up here.
 */
final class ResourceProfilesDecoder {
    /** Attributes as they lie in the message: offset and length of each KeyValue. */
    static final class RawAttributes {
        final Ints offset = new Ints(4);
        final Ints length = new Ints(4);
    }

    static final class RawResource {
        final RawAttributes attributes = new RawAttributes();
        String schemaUrl = "";
    }

    static final class RawScope {
        String name = "";
        String version = "";
        final RawAttributes attributes = new RawAttributes();
        String schemaUrl = "";
    }

    static final class RawProfile {
        final int resource;
        final RawScope scope;
        final int firstSample;
        int endSample;
        int endRow;
        final int firstRow;
        int typeName;
        int typeUnit;
        int periodTypeName;
        int periodTypeUnit;
        long period;
        long timeUnixNanos;
        long durationNanos;
        byte[] profileId = new byte[0];
        int droppedAttributesCount;
        String payloadFormat = "";
        byte[] payload = new byte[0];
        final Ints attributes = new Ints(4);

        /** Why it can't be accepted, or null. */
        @Nullable
        String problem;

        RawProfile(int resource, RawScope scope, int firstSample, int firstRow) {
            this.resource = resource;
            this.scope = scope;
            this.firstSample = firstSample;
            this.firstRow = firstRow;
        }
    }

    final List<RawResource> resources = new ArrayList<>();
    final List<RawProfile> profiles = new ArrayList<>();
    final SampleColumns columns = new SampleColumns();

    private final WireReader in;
    private final Longs values = new Longs(16);
    private final Longs timestamps = new Longs(16);

    ResourceProfilesDecoder(WireReader in) {
        this.in = in;
    }

    /** Reads one ResourceProfiles up to the reader's limit. */
    void read() {
        RawResource resource = new RawResource();
        int index = resources.size();
        resources.add(resource);
        while (in.hasMore()) {
            int tag = in.tag();
            switch (tag) {
                case 1 << 3 | 2 -> resource(resource);
                case 2 << 3 | 2 -> scopeProfiles(index);
                case 3 << 3 | 2 -> resource.schemaUrl = text();
                default -> in.skip(tag);
            }
        }
    }

    private void resource(RawResource resource) {
        int outer = in.enter();
        while (in.hasMore()) {
            int tag = in.tag();
            if (tag == (1 << 3 | 2)) {
                attribute(resource.attributes);
            } else {
                in.skip(tag);
            }
        }
        in.leave(outer);
    }

    private void scopeProfiles(int resource) {
        int outer = in.enter();
        RawScope scope = new RawScope();
        while (in.hasMore()) {
            int tag = in.tag();
            switch (tag) {
                case 1 << 3 | 2 -> scope(scope);
                case 2 << 3 | 2 -> profile(resource, scope);
                case 3 << 3 | 2 -> scope.schemaUrl = text();
                default -> in.skip(tag);
            }
        }
        in.leave(outer);
    }

    private void scope(RawScope scope) {
        int outer = in.enter();
        while (in.hasMore()) {
            int tag = in.tag();
            switch (tag) {
                case 1 << 3 | 2 -> scope.name = text();
                case 2 << 3 | 2 -> scope.version = text();
                case 3 << 3 | 2 -> attribute(scope.attributes);
                default -> in.skip(tag);
            }
        }
        in.leave(outer);
    }

    private void profile(int resource, RawScope scope) {
        int outer = in.enter();
        RawProfile profile = new RawProfile(resource, scope, columns.stack.size(), columns.rowSample.size());
        while (in.hasMore()) {
            int tag = in.tag();
            switch (tag) {
                case 1 << 3 | 2 -> valueType(profile, false);
                case 2 << 3 | 2 -> sample(profile);
                case 3 << 3 | 1 -> profile.timeUnixNanos = in.fixed64();
                case 4 << 3 -> profile.durationNanos = in.varint();
                case 5 << 3 | 2 -> valueType(profile, true);
                case 6 << 3 -> profile.period = in.varint();
                case 7 << 3 | 2 -> profile.profileId = bytes();
                case 8 << 3 -> profile.droppedAttributesCount = in.int32();
                case 9 << 3 | 2 -> profile.payloadFormat = text();
                case 10 << 3 | 2 -> profile.payload = bytes();
                case 11 << 3, 11 << 3 | 2 -> DictionaryDecoder.indices(in, tag, profile.attributes);
                default -> in.skip(tag);
            }
        }
        in.leave(outer);
        profile.endSample = columns.stack.size();
        profile.endRow = columns.rowSample.size();
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
        addRows(profile, sample);
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

    /** The three shapes of a sample: timestamps only (each counts 1), values only, a value per timestamp. */
    private void addRows(RawProfile profile, int sample) {
        int rows = Math.max(values.size(), timestamps.size());
        boolean hasValues = values.size() > 0;
        boolean hasTimestamps = timestamps.size() > 0;
        if (hasValues && hasTimestamps && values.size() != timestamps.size()) {
            profile.problem = "a sample has " + values.size() + " values and " + timestamps.size()
                    + " timestamps; give one value per timestamp, or leave one of them out";
            return;
        }
        for (int i = 0; i < rows; i++) {
            columns.rowSample.add(sample);
            columns.rowValue.add(hasValues ? values.get(i) : 1);
            columns.rowTimestamp.add(hasTimestamps ? timestamps.get(i) : 0);
        }
    }

    private void attribute(RawAttributes attributes) {
        int end = in.delimitedEnd();
        attributes.offset.add(in.position());
        attributes.length.add(end - in.position());
        in.skipTo(end);
    }

    private byte[] bytes() {
        int end = in.delimitedEnd();
        byte[] copied = in.copy(in.position(), end);
        in.skipTo(end);
        return copied;
    }

    private String text() {
        return new String(bytes(), StandardCharsets.UTF_8);
    }
}
