package io.stackhouse.pipeline.testing;

import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.profiles.v1development.KeyValueAndUnit;
import io.opentelemetry.proto.profiles.v1development.Line;
import io.opentelemetry.proto.profiles.v1development.Link;
import io.opentelemetry.proto.profiles.v1development.Location;
import io.opentelemetry.proto.profiles.v1development.Mapping;
import io.opentelemetry.proto.profiles.v1development.Profile;
import io.opentelemetry.proto.profiles.v1development.ProfilesDictionary;
import io.opentelemetry.proto.profiles.v1development.ResourceProfiles;
import io.opentelemetry.proto.profiles.v1development.Sample;
import io.opentelemetry.proto.profiles.v1development.ScopeProfiles;
import io.stackhouse.pipeline.batch.Attributes;
import io.stackhouse.pipeline.batch.Dictionary;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.batch.ProfileHeader;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Everything a request says, one line per row, with every index resolved: once read by protobuf-java, once from our columns. Two
 * readings of one request must be equal.
 */
public final class ProfileText {
    private static final BigInteger MIN = BigInteger.valueOf(Long.MIN_VALUE);
    private static final BigInteger MAX = BigInteger.valueOf(Long.MAX_VALUE);

    private ProfileText() {}

    /** The lines as our decoder understood the request. */
    public static List<String> of(ProfileBatch batch) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < batch.profileCount(); i++) {
            lines.add(header(batch, batch.profile(i)));
        }
        for (int row = 0; row < batch.rowCount(); row++) {
            int sample = batch.rowSample(row);
            StringBuilder line = new StringBuilder("row ").append(batch.sampleProfile(sample));
            line.append(' ').append(batch.rowValue(row)).append(" @").append(batch.rowTimestampUnixNanos(row));
            Dictionary dictionary = batch.dictionary();
            int link = batch.sampleLink(sample);
            line.append(" link ").append(id(dictionary.linkTraceHigh(link)));
            line.append(id(dictionary.linkTraceLow(link))).append('/').append(id(dictionary.linkSpan(link)));
            for (int k = batch.sampleAttributeStart(sample); k < batch.sampleAttributeEnd(sample); k++) {
                line.append(' ').append(attribute(dictionary, batch.sampleAttribute(k)));
            }
            line.append(stack(dictionary, batch.sampleStack(sample)));
            lines.add(line.toString());
        }
        return lines;
    }

    private static String header(ProfileBatch batch, ProfileHeader header) {
        Dictionary dictionary = batch.dictionary();
        StringBuilder line = new StringBuilder("profile ");
        line.append(batch.resource(header.resource()).attributes());
        line.append(batch.resource(header.resource()).schemaUrl());
        line.append(" scope ")
                .append(header.scope().name())
                .append('@')
                .append(header.scope().version());
        line.append(' ')
                .append(header.type())
                .append(" sent as ")
                .append(header.originalType())
                .append(' ')
                .append(header.periodType())
                .append(' ')
                .append(header.period());
        line.append(' ').append(header.timeUnixNanos()).append('+').append(header.durationNanos());
        line.append(" id ").append(HexFormat.of().formatHex(header.profileId()));
        line.append(" payload ").append(header.payload().format());
        line.append(':').append(HexFormat.of().formatHex(header.payload().bytes()));
        for (int attribute : header.attributes()) {
            line.append(' ').append(attribute(dictionary, attribute));
        }
        return line.toString();
    }

    private static String stack(Dictionary dictionary, int stack) {
        StringBuilder line = new StringBuilder();
        for (int i = dictionary.stackStart(stack); i < dictionary.stackEnd(stack); i++) {
            int location = dictionary.stackLocation(i);
            line.append(" | ")
                    .append(Long.toHexString(dictionary.locationAddress(location)))
                    .append(" in ");
            int mapping = dictionary.locationMapping(location);
            line.append(dictionary.string(dictionary.mappingFile(mapping)));
            line.append('[').append(dictionary.mappingMemoryStart(mapping)).append(',');
            line.append(dictionary.mappingMemoryLimit(mapping)).append(',');
            line.append(dictionary.mappingFileOffset(mapping)).append(']');
            for (int k = dictionary.mappingAttributeStart(mapping); k < dictionary.mappingAttributeEnd(mapping); k++) {
                line.append(attribute(dictionary, dictionary.mappingAttribute(k)));
            }
            for (int k = dictionary.lineStart(location); k < dictionary.lineEnd(location); k++) {
                int function = dictionary.lineFunction(k);
                line.append(" f ").append(dictionary.string(dictionary.functionName(function)));
                line.append('/').append(dictionary.string(dictionary.functionSystemName(function)));
                line.append('/').append(dictionary.string(dictionary.functionFile(function)));
                line.append('/').append(dictionary.functionStartLine(function));
                line.append(':').append(dictionary.lineNumber(k)).append(':').append(dictionary.lineColumn(k));
            }
            for (int k = dictionary.locationAttributeStart(location);
                    k < dictionary.locationAttributeEnd(location);
                    k++) {
                line.append(attribute(dictionary, dictionary.locationAttribute(k)));
            }
        }
        return line.toString();
    }

    private static String attribute(Dictionary dictionary, int attribute) {
        Attributes shown = new Attributes();
        shown.put(dictionary.attributeKey(attribute), dictionary.attributeValue(attribute));
        return shown + dictionary.attributeUnit(attribute);
    }

    private static String id(long value) {
        return HexFormat.of().toHexDigits(value);
    }

    /** How many profiles protobuf-java finds in the request. */
    public static int profileCount(ExportProfilesServiceRequest request) {
        return request.getResourceProfilesList().stream()
                .flatMap(resource -> resource.getScopeProfilesList().stream())
                .mapToInt(ScopeProfiles::getProfilesCount)
                .sum();
    }

    /** The lines as protobuf-java understands the request. */
    public static List<String> of(ExportProfilesServiceRequest request) {
        List<String> headers = new ArrayList<>();
        List<String> rows = new ArrayList<>();
        Reference reference = new Reference(request.getDictionary());
        for (ResourceProfiles resource : request.getResourceProfilesList()) {
            for (ScopeProfiles scope : resource.getScopeProfilesList()) {
                boolean hasTime = scope.getProfilesList().stream().anyMatch(reference::isTime);
                for (Profile profile : scope.getProfilesList()) {
                    CountedTime time = reference.countedTime(profile, hasTime);
                    reference.addRows(rows, headers.size(), profile, time.factor());
                    headers.add(reference.header(resource, scope, profile, time));
                }
            }
        }
        headers.addAll(rows);
        return headers;
    }

    private static final Map<String, String> TYPES = Map.of(
            "off-cpu", "off_cpu",
            "offcpu", "off_cpu",
            "wall-clock", "wall",
            "wall_clock", "wall",
            "alloc_objects", "allocated_objects",
            "alloc_space", "allocated_space");
    private static final Map<String, String> UNITS = Map.of(
            "ns", "nanoseconds",
            "nanosecond", "nanoseconds",
            "us", "microseconds",
            "µs", "microseconds",
            "ms", "milliseconds",
            "s", "seconds",
            "By", "bytes",
            "byte", "bytes");
    private static final Map<String, BigInteger> NANOSECONDS = Map.of(
            "nanoseconds", BigInteger.ONE,
            "microseconds", BigInteger.valueOf(1_000),
            "milliseconds", BigInteger.valueOf(1_000_000),
            "seconds", BigInteger.valueOf(1_000_000_000));
    private static final Set<String> COUNTS =
            Set.of("cpu", "sample", "samples", "event", "events", "perf_events", "ctimer", "itimer", "wall");

    /** What the profile's types and period are to be read as, and what its values are to be multiplied by. */
    private record CountedTime(String type, String periodType, long period, long factor) {}

    /** Resolves indices in protobuf-java's messages. */
    private record Reference(ProfilesDictionary dictionary) {
        private String[] types(Profile profile) {
            return new String[] {
                spelledOut(profile.getSampleType().getTypeStrindex(), TYPES),
                spelledOut(profile.getSampleType().getUnitStrindex(), UNITS),
                spelledOut(profile.getPeriodType().getTypeStrindex(), TYPES),
                spelledOut(profile.getPeriodType().getUnitStrindex(), UNITS)
            };
        }

        private String spelledOut(int index, Map<String, String> names) {
            return names.getOrDefault(string(index), string(index));
        }

        boolean isTime(Profile profile) {
            String[] types = types(profile);
            return (types[0].equals("cpu") || types[0].equals("wall")) && NANOSECONDS.containsKey(types[1]);
        }

        CountedTime countedTime(Profile profile, boolean hasTime) {
            String[] types = types(profile);
            String time = types[0].equals("wall") ? "wall" : "cpu";
            boolean isCounted = COUNTS.contains(types[0])
                    && types[1].equals("count")
                    && (types[2].equals(time) || types[2].equals(types[0]))
                    && NANOSECONDS.containsKey(types[3]);
            if (isCounted && profile.getPeriod() > 0 && !hasTime) {
                String stored = new ProfileHeader.ValueType(time, "nanoseconds").toString();
                BigInteger exact = BigInteger.valueOf(profile.getPeriod()).multiply(NANOSECONDS.get(types[3]));
                long period = exact.min(BigInteger.valueOf(Long.MAX_VALUE)).longValue();
                return new CountedTime(stored, stored, period, period);
            }
            return new CountedTime(
                    new ProfileHeader.ValueType(types[0], types[1]).toString(),
                    new ProfileHeader.ValueType(types[2], types[3]).toString(),
                    profile.getPeriod(),
                    1);
        }

        String header(ResourceProfiles resource, ScopeProfiles scope, Profile profile, CountedTime time) {
            StringBuilder line = new StringBuilder("profile ");
            line.append(attributes(resource.getResource().getAttributesList())).append(resource.getSchemaUrl());
            line.append(" scope ")
                    .append(scope.getScope().getName())
                    .append('@')
                    .append(scope.getScope().getVersion());
            line.append(' ')
                    .append(time.type())
                    .append(" sent as ")
                    .append(type(
                            profile.getSampleType().getTypeStrindex(),
                            profile.getSampleType().getUnitStrindex()));
            line.append(' ').append(time.periodType()).append(' ').append(time.period());
            line.append(' ').append(profile.getTimeUnixNano()).append('+').append(profile.getDurationNano());
            String id = HexFormat.of().formatHex(profile.getProfileId().toByteArray());
            line.append(" id ").append(id.matches("0*") ? "" : id);
            line.append(" payload ").append(profile.getOriginalPayloadFormat());
            line.append(':')
                    .append(HexFormat.of()
                            .formatHex(profile.getOriginalPayload().toByteArray()));
            for (int attribute : profile.getAttributeIndicesList()) {
                line.append(' ').append(attribute(attribute));
            }
            return line.toString();
        }

        void addRows(List<String> rows, int profileIndex, Profile profile, long factor) {
            for (Sample sample : profile.getSamplesList()) {
                int count = Math.max(sample.getValuesCount(), sample.getTimestampsUnixNanoCount());
                for (int i = 0; i < count; i++) {
                    StringBuilder line = new StringBuilder("row ").append(profileIndex);
                    BigInteger value = BigInteger.valueOf(sample.getValuesCount() == 0 ? 1 : sample.getValues(i));
                    line.append(' ')
                            .append(value.multiply(BigInteger.valueOf(factor))
                                    .max(MIN)
                                    .min(MAX));
                    line.append(" @")
                            .append(sample.getTimestampsUnixNanoCount() == 0 ? 0 : sample.getTimestampsUnixNano(i));
                    line.append(" link ").append(link(sample.getLinkIndex()));
                    for (int attribute : sample.getAttributeIndicesList()) {
                        line.append(' ').append(attribute(attribute));
                    }
                    line.append(stack(sample.getStackIndex()));
                    rows.add(line.toString());
                }
            }
        }

        private String link(int index) {
            Link link =
                    index < dictionary.getLinkTableCount() ? dictionary.getLinkTable(index) : Link.getDefaultInstance();
            String trace = HexFormat.of().formatHex(link.getTraceId().toByteArray());
            String span = HexFormat.of().formatHex(link.getSpanId().toByteArray());
            return (trace.isEmpty() ? "0".repeat(32) : trace) + "/" + (span.isEmpty() ? "0".repeat(16) : span);
        }

        private String stack(int index) {
            StringBuilder line = new StringBuilder();
            if (index == 0 && dictionary.getStackTableCount() == 0) {
                return "";
            }
            for (int locationIndex : dictionary.getStackTable(index).getLocationIndicesList()) {
                Location location = dictionary.getLocationTable(locationIndex);
                line.append(" | ")
                        .append(Long.toHexString(location.getAddress()))
                        .append(" in ");
                Mapping mapping = location.getMappingIndex() == 0 && dictionary.getMappingTableCount() == 0
                        ? Mapping.getDefaultInstance()
                        : dictionary.getMappingTable(location.getMappingIndex());
                line.append(string(mapping.getFilenameStrindex())).append('[').append(mapping.getMemoryStart());
                line.append(',')
                        .append(mapping.getMemoryLimit())
                        .append(',')
                        .append(mapping.getFileOffset())
                        .append(']');
                mapping.getAttributeIndicesList().forEach(attribute -> line.append(attribute(attribute)));
                for (Line at : location.getLinesList()) {
                    var function = dictionary.getFunctionTable(at.getFunctionIndex());
                    line.append(" f ").append(string(function.getNameStrindex()));
                    line.append('/').append(string(function.getSystemNameStrindex()));
                    line.append('/').append(string(function.getFilenameStrindex()));
                    line.append('/').append(function.getStartLine());
                    line.append(':').append(at.getLine()).append(':').append(at.getColumn());
                }
                location.getAttributeIndicesList().forEach(attribute -> line.append(attribute(attribute)));
            }
            return line.toString();
        }

        private String type(int type, int unit) {
            return new ProfileHeader.ValueType(string(type), string(unit)).toString();
        }

        private String string(int index) {
            return index == 0 && dictionary.getStringTableCount() == 0 ? "" : dictionary.getStringTable(index);
        }

        private String attribute(int index) {
            KeyValueAndUnit attribute = index == 0 && dictionary.getAttributeTableCount() == 0
                    ? KeyValueAndUnit.getDefaultInstance()
                    : dictionary.getAttributeTable(index);
            return "{" + quoted(string(attribute.getKeyStrindex())) + ":" + json(attribute.getValue()) + "}"
                    + string(attribute.getUnitStrindex());
        }

        private String attributes(List<KeyValue> attributes) {
            List<String> keys = new ArrayList<>();
            StringBuilder out = new StringBuilder("{");
            for (KeyValue attribute : attributes) {
                String key = attribute.getKey();
                if (key.isEmpty() && attribute.getKeyStrindex() != 0) {
                    key = string(attribute.getKeyStrindex());
                }
                if (!keys.contains(key)) {
                    out.append(keys.isEmpty() ? "" : ",")
                            .append(quoted(key))
                            .append(':')
                            .append(json(attribute.getValue()));
                    keys.add(key);
                }
            }
            return out.append('}').toString();
        }

        private String json(AnyValue value) {
            return switch (value.getValueCase()) {
                case STRING_VALUE -> quoted(value.getStringValue());
                case STRING_VALUE_STRINDEX -> quoted(string(value.getStringValueStrindex()));
                case BOOL_VALUE -> Boolean.toString(value.getBoolValue());
                case INT_VALUE -> Long.toString(value.getIntValue());
                case DOUBLE_VALUE ->
                    Double.isFinite(value.getDoubleValue())
                            ? Double.toString(value.getDoubleValue())
                            : "\"" + value.getDoubleValue() + "\"";
                case BYTES_VALUE ->
                    "\""
                            + Base64.getEncoder()
                                    .encodeToString(value.getBytesValue().toByteArray()) + "\"";
                case ARRAY_VALUE ->
                    "["
                            + String.join(
                                    ",",
                                    value.getArrayValue().getValuesList().stream()
                                            .map(this::json)
                                            .toList()) + "]";
                case KVLIST_VALUE -> attributes(value.getKvlistValue().getValuesList());
                case VALUE_NOT_SET -> "null";
            };
        }

        private static String quoted(String text) {
            StringBuilder out = new StringBuilder("\"");
            text.chars().forEach(c -> {
                if (c == '"' || c == '\\') {
                    out.append('\\').append((char) c);
                } else if (c < 0x20) {
                    out.append("\\u").append(HexFormat.of().toHexDigits((short) c));
                } else {
                    out.append((char) c);
                }
            });
            return out.append('"').toString();
        }
    }
}
