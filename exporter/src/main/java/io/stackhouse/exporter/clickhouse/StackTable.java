package io.stackhouse.exporter.clickhouse;

import io.stackhouse.exporter.clickhouse.block.ArrayColumn;
import io.stackhouse.exporter.clickhouse.block.FixedColumn;
import io.stackhouse.exporter.clickhouse.block.LowCardinalityColumn;
import io.stackhouse.exporter.clickhouse.block.NativeBlock;
import io.stackhouse.pipeline.batch.Dictionary;
import io.stackhouse.pipeline.identity.FrameAttributes;

/** The open block of the table of stacks: leaf first, one element for each function, inlined ones too. One thread. */
final class StackTable {
    static final String NAME = "otel_profiles_stacks_v2";
    private static final long MAX_UINT32 = 0xFFFFFFFFL;

    final NativeBlock block = new NativeBlock();
    private final LowCardinalityColumn tenant = block.add("Tenant", new LowCardinalityColumn());
    private final LowCardinalityColumn environment = block.add("Environment", new LowCardinalityColumn());
    private final LowCardinalityColumn serviceName = block.add("ServiceName", new LowCardinalityColumn());
    private final FixedColumn stackHash = block.add("StackHash", FixedColumn.uint64());
    private final FixedColumn month = block.add("Month", FixedColumn.date());
    private final FixedColumn lastSeen = block.add("LastSeen", FixedColumn.dateTimeUtc());
    private final FixedColumn namedFrames = block.add("NamedFrames", FixedColumn.uint32());
    private final ArrayColumn<LowCardinalityColumn> frames = texts("Frames");
    private final ArrayColumn<LowCardinalityColumn> systemNames = texts("SystemNames");
    private final ArrayColumn<LowCardinalityColumn> files = texts("Files");
    private final ArrayColumn<FixedColumn> lines = numbers("Lines", FixedColumn.uint32());
    private final ArrayColumn<FixedColumn> columns = numbers("Columns", FixedColumn.uint32());
    private final ArrayColumn<FixedColumn> startLines = numbers("StartLines", FixedColumn.uint32());
    private final ArrayColumn<FixedColumn> addresses = numbers("Addresses", FixedColumn.uint64());
    private final ArrayColumn<LowCardinalityColumn> mappings = texts("Mappings");
    private final ArrayColumn<LowCardinalityColumn> buildIds = texts("BuildIds");
    private final ArrayColumn<LowCardinalityColumn> frameTypes = texts("FrameTypes");
    private final ArrayColumn<FixedColumn> inlined = numbers("Inlined", FixedColumn.bool());
    private final ArrayColumn<LowCardinalityColumn> locationAttributes = texts("LocationAttributes");
    private final ArrayColumn<LowCardinalityColumn> mappingAttributes = texts("MappingAttributes");

    /**
     * Appends one stack.
     *
     * @param monthDays its month's first day, in days since 1970
     * @param seenUnixNanos when it was received
     */
    void append(
            ServiceIdentity service, Dictionary dictionary, int stack, long hash, long monthDays, long seenUnixNanos) {
        tenant.append(service.tenant());
        environment.append(service.environment());
        serviceName.append(service.name());
        stackHash.append(hash);
        month.append(monthDays);
        lastSeen.append(seenUnixNanos / 1_000_000_000L);
        namedFrames.append(FrameNames.namedFrames(dictionary, stack));
        for (int i = dictionary.stackStart(stack); i < dictionary.stackEnd(stack); i++) {
            appendLocation(dictionary, dictionary.stackLocation(i));
        }
        frames.endRow();
        systemNames.endRow();
        files.endRow();
        lines.endRow();
        columns.endRow();
        startLines.endRow();
        addresses.endRow();
        mappings.endRow();
        buildIds.endRow();
        frameTypes.endRow();
        inlined.endRow();
        locationAttributes.endRow();
        mappingAttributes.endRow();
    }

    private void appendLocation(Dictionary dictionary, int location) {
        int start = dictionary.lineStart(location);
        int end = dictionary.lineEnd(location);
        int mapping = dictionary.locationMapping(location);
        String mappingFile = dictionary.string(dictionary.mappingFile(mapping));
        String buildId = FrameAttributes.buildId(dictionary, mapping);
        String frameType = FrameAttributes.frameType(dictionary, location);
        String ofLocation = FrameNames.otherAttributes(dictionary, location);
        String ofMapping = FrameNames.otherMappingAttributes(dictionary, mapping, buildId);
        for (int line = start; line < Math.max(end, start + 1); line++) {
            if (line < end) {
                appendLine(dictionary, location, line);
            } else {
                appendNoLine(dictionary, location);
            }
            inlined.element().append(line < end - 1 ? 1 : 0);
            addresses.element().append(dictionary.locationAddress(location));
            mappings.element().append(mappingFile);
            buildIds.element().append(buildId);
            frameTypes.element().append(frameType);
            locationAttributes.element().append(ofLocation);
            mappingAttributes.element().append(ofMapping);
        }
    }

    private void appendLine(Dictionary dictionary, int location, int line) {
        int function = dictionary.lineFunction(line);
        frames.element().append(FrameNames.name(dictionary, location, function));
        systemNames.element().append(dictionary.string(dictionary.functionSystemName(function)));
        files.element().append(dictionary.string(dictionary.functionFile(function)));
        lines.element().append(uint32(dictionary.lineNumber(line)));
        columns.element().append(uint32(dictionary.lineColumn(line)));
        startLines.element().append(uint32(dictionary.functionStartLine(function)));
    }

    private void appendNoLine(Dictionary dictionary, int location) {
        frames.element().append(FrameNames.name(dictionary, location, 0));
        systemNames.element().append("");
        files.element().append("");
        lines.element().append(0);
        columns.element().append(0);
        startLines.element().append(0);
    }

    private static long uint32(long value) {
        return Math.max(0, Math.min(value, MAX_UINT32));
    }

    private ArrayColumn<LowCardinalityColumn> texts(String name) {
        return block.add(name, new ArrayColumn<>(new LowCardinalityColumn()));
    }

    private ArrayColumn<FixedColumn> numbers(String name, FixedColumn element) {
        return block.add(name, new ArrayColumn<>(element));
    }
}
