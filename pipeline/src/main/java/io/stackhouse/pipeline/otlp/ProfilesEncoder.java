package io.stackhouse.pipeline.otlp;

import java.nio.charset.StandardCharsets;

/**
 * Encodes an ExportProfilesServiceRequest of v1development, version 1, straight to the wire.
 *
 * <p>Dictionary rows are interned: equal rows get one index, row 0 of each table is its zero value, as the protocol wants it.
 * Resources, scopes, profiles and samples are written in the order of the calls: {@code beginResource}, its attributes,
 * {@code beginScope}, {@code beginProfile}, its samples, the next profile, and so on. A resource or scope without a profile is
 * written all the same.
 *
 * <p>One thread. Nothing is allocated per sample or per known row, beyond growth; the buffers are kept by {@link #clear}.
 */
public final class ProfilesEncoder {
    private final RowInterner mappings = new RowInterner();
    private final RowInterner locations = new RowInterner();
    private final RowInterner functions = new RowInterner();
    private final RowInterner links = new RowInterner();
    private final RowInterner strings = new RowInterner();
    private final RowInterner attributes = new RowInterner();
    private final RowInterner stacks = new RowInterner();

    private final WireWriter row = new WireWriter(256);
    private final WireWriter inner = new WireWriter(64);
    private final WireWriter sample = new WireWriter(64);
    private final WireWriter profile = new WireWriter(4096);
    private final WireWriter scopeProfiles = new WireWriter(4096);
    private final WireWriter resource = new WireWriter(256);
    private final WireWriter resourceProfiles = new WireWriter(4096);
    private final WireWriter request = new WireWriter(16384);
    private boolean isProfileOpen;
    private boolean isScopeOpen;
    private boolean isResourceOpen;

    public ProfilesEncoder() {
        clear();
    }

    /** Forgets everything, so that the next request can be built. */
    public void clear() {
        for (RowInterner table :
                new RowInterner[] {mappings, locations, functions, links, strings, attributes, stacks}) {
            table.clear();
            row.clear();
            table.intern(row);
        }
        request.clear();
        isProfileOpen = false;
        isScopeOpen = false;
        isResourceOpen = false;
    }

    /** Index of the string in the string table. */
    public int string(String value) {
        row.clear();
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        row.raw(utf8, 0, utf8.length);
        return strings.intern(row);
    }

    /** Index of a text attribute. */
    public int attribute(String key, String value) {
        inner.clear();
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        inner.bytesField(1, utf8);
        return attribute(key);
    }

    /** Index of an integer attribute. */
    public int attribute(String key, long value) {
        inner.clear();
        inner.varint(3 << 3);
        inner.varint(value);
        return attribute(key);
    }

    /**
     * Index of a mapping; addresses and offset as {@link io.stackhouse.pipeline.batch.Dictionary} has them.
     *
     * @param filename string index
     */
    public int mapping(long memoryStart, long memoryLimit, long fileOffset, int filename, int... attributeIndices) {
        row.clear();
        row.int64Field(1, memoryStart);
        row.int64Field(2, memoryLimit);
        row.int64Field(3, fileOffset);
        row.int64Field(4, filename);
        row.packedField(5, attributeIndices, attributeIndices.length);
        return mappings.intern(row);
    }

    /** Index of a function; the first three are string indices. */
    public int function(int name, int systemName, int filename, long startLine) {
        row.clear();
        row.int64Field(1, name);
        row.int64Field(2, systemName);
        row.int64Field(3, filename);
        row.int64Field(4, startLine);
        return functions.intern(row);
    }

    /** Index of a location with one line, or with none when {@code function} is 0. */
    public int location(int mapping, long address, int function, long line, int... attributeIndices) {
        row.clear();
        row.int64Field(1, mapping);
        row.int64Field(2, address);
        if (function != 0) {
            line(function, line, 0);
        }
        row.packedField(4, attributeIndices, attributeIndices.length);
        return locations.intern(row);
    }

    /**
     * Index of a location where functions were inlined.
     *
     * @param lines function, line and column of each, innermost first
     */
    public int location(int mapping, long address, long[] lines, int... attributeIndices) {
        row.clear();
        row.int64Field(1, mapping);
        row.int64Field(2, address);
        for (int i = 0; i + 2 < lines.length; i += 3) {
            line(lines[i], lines[i + 1], lines[i + 2]);
        }
        row.packedField(4, attributeIndices, attributeIndices.length);
        return locations.intern(row);
    }

    private void line(long function, long line, long column) {
        inner.clear();
        inner.int64Field(1, function);
        inner.int64Field(2, line);
        inner.int64Field(3, column);
        row.messageField(3, inner);
    }

    /** Index of a stack of {@code count} locations, leaf first. */
    public int stack(int[] locationIndices, int count) {
        row.clear();
        row.packedField(1, locationIndices, count);
        return stacks.intern(row);
    }

    /** Index of a link. */
    public int link(byte[] traceId, byte[] spanId) {
        row.clear();
        row.bytesField(1, traceId);
        row.bytesField(2, spanId);
        return links.intern(row);
    }

    /** Begins a resource; ends the one before. */
    public void beginResource() {
        endResource();
        isResourceOpen = true;
        resource.clear();
        resourceProfiles.clear();
    }

    /** Adds a text attribute to the resource that was begun; before its first scope. */
    public void resourceAttribute(String key, String value) {
        inner.clear();
        inner.bytesField(1, value.getBytes(StandardCharsets.UTF_8));
        resourceAttribute(key);
    }

    /** Adds an integer attribute to the resource that was begun; before its first scope. */
    public void resourceAttribute(String key, long value) {
        inner.clear();
        inner.varint(3 << 3);
        inner.varint(value);
        resourceAttribute(key);
    }

    /** Adds a boolean attribute to the resource that was begun; before its first scope. */
    public void resourceAttribute(String key, boolean value) {
        inner.clear();
        inner.varint(2 << 3);
        inner.varint(value ? 1 : 0);
        resourceAttribute(key);
    }

    /**
     * Adds an attribute of any kind to the resource that was begun; before its first scope.
     *
     * @param anyValue the bytes of a well-formed AnyValue
     */
    public void resourceAttribute(String key, byte[] anyValue) {
        inner.clear();
        inner.raw(anyValue, 0, anyValue.length);
        resourceAttribute(key);
    }

    /** Begins a scope of the resource that was begun. */
    public void beginScope(String name, String version) {
        if (!isResourceOpen) {
            throw new IllegalStateException("beginScope before beginResource");
        }
        endScope();
        isScopeOpen = true;
        scopeProfiles.clear();
        row.clear();
        row.stringField(1, name);
        row.stringField(2, version);
        scopeProfiles.messageField(1, row);
    }

    /** Begins a profile of the scope that was begun. */
    public void beginProfile(ProfileHeading heading) {
        if (!isScopeOpen) {
            throw new IllegalStateException("beginProfile before beginScope");
        }
        endProfile();
        isProfileOpen = true;
        profile.clear();
        valueType(1, string(heading.sampleType()), string(heading.sampleUnit()));
        profile.fixed64Field(3, heading.timeUnixNanos());
        profile.int64Field(4, heading.durationNanos());
        if (!heading.periodType().isEmpty()) {
            valueType(5, string(heading.periodType()), string(heading.periodUnit()));
        }
        profile.int64Field(6, heading.period());
        if (heading.profileId().length > 0) {
            profile.bytesField(7, heading.profileId());
        }
    }

    /** Adds a sample with one value for the whole interval; {@code link} 0 means none. */
    public void sample(int stack, int[] attributeIndices, int attributeCount, int link, long value) {
        beginSample(stack, attributeIndices, attributeCount, link);
        packedValue(value);
        profile.messageField(2, sample);
    }

    /** Adds a sample with one value and its time; {@code link} 0 means none. */
    public void sampleAt(Observed observed, int[] attributeIndices, int attributeCount) {
        beginSample(observed.stack(), attributeIndices, attributeCount, observed.link());
        packedValue(observed.value());
        sample.lengthDelimited(5, 8);
        sample.fixed64(observed.timestampUnixNanos());
        profile.messageField(2, sample);
    }

    /** Adds a sample that was observed several times. */
    public void samplesAt(Repeated repeated, int[] attributeIndices, int attributeCount) {
        beginSample(repeated.stack(), attributeIndices, attributeCount, repeated.link());
        int valueBytes = 0;
        for (int i = 0; i < repeated.count(); i++) {
            valueBytes += WireWriter.varintSize(repeated.values()[i]);
        }
        sample.lengthDelimited(4, valueBytes);
        for (int i = 0; i < repeated.count(); i++) {
            sample.varint(repeated.values()[i]);
        }
        sample.lengthDelimited(5, repeated.count() * Long.BYTES);
        for (int i = 0; i < repeated.count(); i++) {
            sample.fixed64(repeated.timestampsUnixNanos()[i]);
        }
        profile.messageField(2, sample);
    }

    /**
     * Observations of the same, each with its own time.
     *
     * @param link 0 for none
     * @param values the first {@code count} of them; stay the caller's
     * @param timestampsUnixNanos likewise
     */
    public record Repeated(int stack, int link, long[] values, long[] timestampsUnixNanos, int count) {}

    /**
     * One observation with its own time.
     *
     * @param link 0 for none
     */
    public record Observed(int stack, int link, long value, long timestampUnixNanos) {}

    /** The request's bytes. Ends what is begun; {@link #clear} must follow before the next request. */
    public byte[] toByteArray() {
        endResource();
        WireWriter dictionary = resourceProfiles;
        dictionary.clear();
        mappings.writeTo(dictionary, 1);
        locations.writeTo(dictionary, 2);
        functions.writeTo(dictionary, 3);
        links.writeTo(dictionary, 4);
        strings.writeTo(dictionary, 5);
        attributes.writeTo(dictionary, 6);
        stacks.writeTo(dictionary, 7);
        request.messageField(2, dictionary);
        return request.toByteArray();
    }

    /** Interns the attribute whose AnyValue stands in {@code inner}. */
    private int attribute(String key) {
        int keyIndex = string(key);
        row.clear();
        row.int64Field(1, keyIndex);
        row.messageField(2, inner);
        return attributes.intern(row);
    }

    private void resourceAttribute(String key) {
        if (!isResourceOpen || isScopeOpen) {
            throw new IllegalStateException("a resource's attributes come right after beginResource");
        }
        row.clear();
        row.stringField(1, key);
        row.messageField(2, inner);
        resource.messageField(1, row);
    }

    private void valueType(int field, int type, int unit) {
        inner.clear();
        inner.int64Field(1, type);
        inner.int64Field(2, unit);
        profile.messageField(field, inner);
    }

    private void beginSample(int stack, int[] attributeIndices, int attributeCount, int link) {
        if (!isProfileOpen) {
            throw new IllegalStateException("a sample before beginProfile");
        }
        sample.clear();
        sample.int64Field(1, stack);
        sample.packedField(2, attributeIndices, attributeCount);
        sample.int64Field(3, link);
    }

    private void packedValue(long value) {
        sample.lengthDelimited(4, WireWriter.varintSize(value));
        sample.varint(value);
    }

    private void endProfile() {
        if (isProfileOpen) {
            scopeProfiles.messageField(2, profile);
            isProfileOpen = false;
        }
    }

    private void endScope() {
        endProfile();
        if (isScopeOpen) {
            resourceProfiles.messageField(2, scopeProfiles);
            isScopeOpen = false;
        }
    }

    private void endResource() {
        endScope();
        if (isResourceOpen) {
            // The resource's own message goes first only by custom; field order has no meaning on the wire.
            resourceProfiles.messageField(1, resource);
            request.messageField(1, resourceProfiles);
            isResourceOpen = false;
        }
    }
}
