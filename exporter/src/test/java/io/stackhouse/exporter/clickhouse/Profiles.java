package io.stackhouse.exporter.clickhouse;

import io.stackhouse.pipeline.batch.AttributeValue;
import io.stackhouse.pipeline.batch.Columns;
import io.stackhouse.pipeline.batch.Dictionary;
import io.stackhouse.pipeline.batch.DictionaryColumns;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.batch.ProfileBatch.SampleColumns;
import io.stackhouse.pipeline.batch.ProfileHeader;
import io.stackhouse.pipeline.batch.Resource;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Makes batches of profiles by hand, with everything a dictionary can hold. Each table begins with its zero row. */
final class Profiles {
    private final ByteArrayOutputStream wire = new ByteArrayOutputStream();
    private final Map<String, Integer> strings = new HashMap<>();
    private final List<int[]> stringPlaces = new ArrayList<>();
    private final List<AttributeValue> values = new ArrayList<>();
    private final DictionaryColumns shape =
            new DictionaryColumns(new byte[0], (dictionary, offset, length) -> AttributeValue.empty());
    private final List<Resource> resources = new ArrayList<>();
    private final List<ProfileHeader> headers = new ArrayList<>();
    private final SampleColumns samples = new SampleColumns();

    /** One line of a location. */
    record Line(int function, long line, long column) {}

    Profiles() {
        string("");
        function("", "", "", 0);
        mapping("");
        attribute("", AttributeValue.of(""));
        shape.stackStart.add(0);
        shape.lineStart.add(0);
        shape.locationAttributeStart.add(0);
        location(0, 0, List.of());
        stack();
        link(0, 0, 0);
        samples.attributeStart.add(0);
    }

    int string(String text) {
        Integer known = strings.get(text);
        if (known != null) {
            return known;
        }
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        stringPlaces.add(new int[] {wire.size(), utf8.length});
        wire.writeBytes(utf8);
        strings.put(text, strings.size());
        return strings.size() - 1;
    }

    int attribute(String key, AttributeValue value) {
        return attribute(key, value, "");
    }

    int attribute(String key, AttributeValue value, String unit) {
        shape.attributeKey.add(string(key));
        shape.valueOffset.add(values.size());
        shape.valueLength.add(0);
        shape.attributeUnit.add(string(unit));
        values.add(value);
        return values.size() - 1;
    }

    int attribute(String key, String value) {
        return attribute(key, AttributeValue.of(value));
    }

    int function(String name, String systemName, String file, long startLine) {
        shape.functionName.add(string(name));
        shape.functionSystemName.add(string(systemName));
        shape.functionFile.add(string(file));
        shape.functionStartLine.add(startLine);
        return shape.functionName.size() - 1;
    }

    int mapping(String file, int... attributes) {
        shape.mappingStart.add(0x400000);
        shape.mappingLimit.add(0x800000);
        shape.mappingOffset.add(0);
        shape.mappingFile.add(string(file));
        if (shape.mappingAttributeStart.size() == 0) {
            shape.mappingAttributeStart.add(0);
        }
        for (int attribute : attributes) {
            shape.mappingAttribute.add(attribute);
        }
        shape.mappingAttributeStart.add(shape.mappingAttribute.size());
        return shape.mappingFile.size() - 1;
    }

    int location(int mapping, long address, List<Line> lines, int... attributes) {
        shape.locationMapping.add(mapping);
        shape.locationAddress.add(address);
        for (Line line : lines) {
            shape.lineFunction.add(line.function());
            shape.lineNumber.add(line.line());
            shape.lineColumn.add(line.column());
        }
        shape.lineStart.add(shape.lineFunction.size());
        for (int attribute : attributes) {
            shape.locationAttribute.add(attribute);
        }
        shape.locationAttributeStart.add(shape.locationAttribute.size());
        return shape.locationMapping.size() - 1;
    }

    /** A function without more, as a location. */
    int named(String function) {
        return location(0, 0, List.of(new Line(function(function, "", "", 0), 0, 0)));
    }

    /** Leaf first. */
    int stack(int... locations) {
        for (int location : locations) {
            shape.stackLocation.add(location);
        }
        shape.stackStart.add(shape.stackLocation.size());
        return shape.stackStart.size() - 2;
    }

    int link(long traceHigh, long traceLow, long span) {
        shape.linkTraceHigh.add(traceHigh);
        shape.linkTraceLow.add(traceLow);
        shape.linkSpan.add(span);
        return shape.linkSpan.size() - 1;
    }

    int resource(Resource resource) {
        resources.add(resource);
        return resources.size() - 1;
    }

    int profile(ProfileHeader header) {
        headers.add(header);
        return headers.size() - 1;
    }

    int sample(int profile, int stack, int link, int... attributes) {
        samples.profile.add(profile);
        samples.stack.add(stack);
        samples.link.add(link);
        for (int attribute : attributes) {
            samples.attribute.add(attribute);
        }
        samples.attributeStart.add(samples.attribute.size());
        return samples.stack.size() - 1;
    }

    /** @param timestampUnixNanos 0 for the profile's interval */
    void row(int sample, long value, long timestampUnixNanos) {
        samples.rowSample.add(sample);
        samples.rowValue.add(value);
        samples.rowTimestamp.add(timestampUnixNanos);
    }

    ProfileBatch build(long receivedUnixNanos) {
        DictionaryColumns columns =
                new DictionaryColumns(wire.toByteArray(), (dictionary, offset, length) -> values.get(offset));
        for (int[] place : stringPlaces) {
            columns.stringOffset.add(place[0]);
            columns.stringLength.add(place[1]);
        }
        copy(shape.stackStart, columns.stackStart);
        copy(shape.stackLocation, columns.stackLocation);
        copy(shape.locationMapping, columns.locationMapping);
        copy(shape.locationAddress, columns.locationAddress);
        copy(shape.lineStart, columns.lineStart);
        copy(shape.lineFunction, columns.lineFunction);
        copy(shape.lineNumber, columns.lineNumber);
        copy(shape.lineColumn, columns.lineColumn);
        copy(shape.locationAttributeStart, columns.locationAttributeStart);
        copy(shape.locationAttribute, columns.locationAttribute);
        copy(shape.functionName, columns.functionName);
        copy(shape.functionSystemName, columns.functionSystemName);
        copy(shape.functionFile, columns.functionFile);
        copy(shape.functionStartLine, columns.functionStartLine);
        copy(shape.mappingStart, columns.mappingStart);
        copy(shape.mappingLimit, columns.mappingLimit);
        copy(shape.mappingOffset, columns.mappingOffset);
        copy(shape.mappingFile, columns.mappingFile);
        copy(shape.mappingAttributeStart, columns.mappingAttributeStart);
        copy(shape.mappingAttribute, columns.mappingAttribute);
        copy(shape.attributeKey, columns.attributeKey);
        copy(shape.valueOffset, columns.valueOffset);
        copy(shape.valueLength, columns.valueLength);
        copy(shape.attributeUnit, columns.attributeUnit);
        copy(shape.linkTraceHigh, columns.linkTraceHigh);
        copy(shape.linkTraceLow, columns.linkTraceLow);
        copy(shape.linkSpan, columns.linkSpan);
        return new ProfileBatch(new Dictionary(columns), resources, headers, samples, receivedUnixNanos);
    }

    private static void copy(Columns.Ints from, Columns.Ints to) {
        for (int i = 0; i < from.size(); i++) {
            to.add(from.get(i));
        }
    }

    private static void copy(Columns.Longs from, Columns.Longs to) {
        for (int i = 0; i < from.size(); i++) {
            to.add(from.get(i));
        }
    }
}
