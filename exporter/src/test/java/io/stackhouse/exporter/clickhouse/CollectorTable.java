package io.stackhouse.exporter.clickhouse;

import io.stackhouse.exporter.clickhouse.block.ArrayColumn;
import io.stackhouse.exporter.clickhouse.block.FixedColumn;
import io.stackhouse.exporter.clickhouse.block.LowCardinalityColumn;
import io.stackhouse.exporter.clickhouse.block.MapColumn;
import io.stackhouse.exporter.clickhouse.block.NativeBlock;
import io.stackhouse.exporter.clickhouse.block.StringColumn;
import io.stackhouse.pipeline.batch.Attributes;
import io.stackhouse.pipeline.batch.Dictionary;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.batch.ProfileHeader;
import io.stackhouse.pipeline.identity.StackHasher;
import java.util.List;

/**
 * The table of profiles of the OpenTelemetry Collector's ClickHouse exporter, for comparison: one row per sample that holds its stack and
 * its resource. Columns, keys, codecs and indexes are those of its development version of 2026.
 */
final class CollectorTable {
    static final String NAME = "otel_profiles";
    private static final List<String> MATERIALIZED = List.of(
            "k8s.cluster.name",
            "k8s.container.name",
            "k8s.deployment.name",
            "k8s.namespace.name",
            "k8s.node.name",
            "k8s.pod.name",
            "k8s.pod.uid",
            "deployment.environment.name",
            "service.namespace",
            "service.instance.id");

    final NativeBlock block = new NativeBlock();
    private final FixedColumn timestamp = block.add("Timestamp", FixedColumn.dateTime64());
    private final StringColumn profileId = block.add("ProfileId", new StringColumn());
    private final LowCardinalityColumn sampleType = block.add("SampleType", new LowCardinalityColumn());
    private final LowCardinalityColumn sampleUnit = block.add("SampleUnit", new LowCardinalityColumn());
    private final LowCardinalityColumn serviceName = block.add("ServiceName", new LowCardinalityColumn());
    private final MapColumn resourceAttributes = block.add("ResourceAttributes", new MapColumn());
    private final StringColumn scopeName = block.add("ScopeName", new StringColumn());
    private final StringColumn scopeVersion = block.add("ScopeVersion", new StringColumn());
    private final MapColumn profileAttributes = block.add("ProfileAttributes", new MapColumn());
    private final MapColumn sampleAttributes = block.add("SampleAttributes", new MapColumn());
    private final FixedColumn stackHash = block.add("StackHash", FixedColumn.uint64());
    private final ArrayColumn<FixedColumn> addresses = block.add("Addresses", new ArrayColumn<>(FixedColumn.uint64()));
    private final ArrayColumn<LowCardinalityColumn> functions =
            block.add("FunctionNames", new ArrayColumn<>(new LowCardinalityColumn()));
    private final ArrayColumn<LowCardinalityColumn> files =
            block.add("FileNames", new ArrayColumn<>(new LowCardinalityColumn()));
    private final ArrayColumn<FixedColumn> lines = block.add("LineNumbers", new ArrayColumn<>(FixedColumn.int32()));
    private final ArrayColumn<LowCardinalityColumn> mappings =
            block.add("MappingFileNames", new ArrayColumn<>(new LowCardinalityColumn()));
    private final ArrayColumn<FixedColumn> values = block.add("Values", new ArrayColumn<>(FixedColumn.int64()));
    private final ArrayColumn<FixedColumn> timestamps =
            block.add("TimestampsUnixNano", new ArrayColumn<>(FixedColumn.uint64()));
    private final FixedColumn durationNano = block.add("DurationNano", FixedColumn.uint64());
    private final FixedColumn period = block.add("Period", FixedColumn.int64());
    private final LowCardinalityColumn periodType = block.add("PeriodType", new LowCardinalityColumn());
    private final LowCardinalityColumn periodUnit = block.add("PeriodUnit", new LowCardinalityColumn());
    private final StringColumn traceId = block.add("TraceId", new StringColumn());
    private final StringColumn spanId = block.add("SpanId", new StringColumn());

    static String ddl(String database) {
        StringBuilder ddl = new StringBuilder(
                "CREATE TABLE " + database + "." + NAME + " (Timestamp DateTime64(9) CODEC(Delta, ZSTD(1))");
        String map = "Map(LowCardinality(String), String)";
        String text = "LowCardinality(String)";
        String[][] columns = {
            {"ProfileId", "String"},
            {"SampleType", text},
            {"SampleUnit", text},
            {"ServiceName", text},
            {"ResourceAttributes", map},
            {"ScopeName", "String"},
            {"ScopeVersion", "String"},
            {"ProfileAttributes", map},
            {"SampleAttributes", map},
            {"StackHash", "UInt64"},
            {"Addresses", "Array(UInt64)"},
            {"FunctionNames", "Array(" + text + ")"},
            {"FileNames", "Array(" + text + ")"},
            {"LineNumbers", "Array(Int32)"},
            {"MappingFileNames", "Array(" + text + ")"},
            {"Values", "Array(Int64)"},
            {"TimestampsUnixNano", "Array(UInt64)"},
            {"DurationNano", "UInt64"},
            {"Period", "Int64"},
            {"PeriodType", text},
            {"PeriodUnit", text},
            {"TraceId", "String"},
            {"SpanId", "String"}
        };
        for (String[] column : columns) {
            ddl.append(", ").append(column[0]).append(' ').append(column[1]).append(" CODEC(ZSTD(1))");
        }
        for (String key : MATERIALIZED) {
            ddl.append(", `__otel_materialized_")
                    .append(key)
                    .append("` LowCardinality(String) MATERIALIZED ResourceAttributes['")
                    .append(key)
                    .append("'] CODEC(ZSTD(1))");
        }
        String[][] indexes = {
            {"idx_profile_id", "ProfileId"},
            {"idx_trace_id", "TraceId"},
            {"idx_res_attr_key", "mapKeys(ResourceAttributes)"},
            {"idx_res_attr_value", "mapValues(ResourceAttributes)"},
            {"idx_sample_attr_key", "mapKeys(SampleAttributes)"},
            {"idx_sample_attr_value", "mapValues(SampleAttributes)"}
        };
        for (String[] index : indexes) {
            ddl.append(", INDEX ")
                    .append(index[0])
                    .append(' ')
                    .append(index[1])
                    .append(" TYPE text(tokenizer = 'array')");
        }
        return ddl.append(
                        ", INDEX idx_function_names FunctionNames TYPE text(tokenizer = 'splitByNonAlpha')) ENGINE = MergeTree"
                                + " PARTITION BY toDate(Timestamp) ORDER BY (ServiceName, SampleType, toDateTime(Timestamp))"
                                + " SETTINGS index_granularity = 8192, ttl_only_drop_parts = 1")
                .toString();
    }

    void append(ProfileBatch batch, StackHasher hasher, int row) {
        Dictionary dictionary = batch.dictionary();
        int sample = batch.rowSample(row);
        ProfileHeader header = batch.profile(batch.sampleProfile(sample));
        Attributes resource = batch.resource(header.resource()).attributes();
        timestamp.append(header.timeUnixNanos());
        profileId.appendHex(header.profileId());
        sampleType.append(header.type().type());
        sampleUnit.append(header.type().unit());
        serviceName.append(resource.text("service.name", ""));
        for (int i = 0; i < resource.size(); i++) {
            resourceAttributes.put(resource.key(i), resource.value(i).text());
        }
        resourceAttributes.endRow();
        scopeName.append(header.scope().name());
        scopeVersion.append(header.scope().version());
        profileAttributes.endRow();
        for (int i = batch.sampleAttributeStart(sample); i < batch.sampleAttributeEnd(sample); i++) {
            int attribute = batch.sampleAttribute(i);
            sampleAttributes.put(
                    dictionary.attributeKey(attribute),
                    dictionary.attributeValue(attribute).text());
        }
        sampleAttributes.endRow();
        stackHash.append(hasher.hash(batch.sampleStack(sample)));
        appendStack(dictionary, batch.sampleStack(sample));
        values.element().append(batch.rowValue(row));
        values.endRow();
        timestamps.endRow();
        durationNano.append(header.durationNanos());
        period.append(header.period());
        periodType.append(header.periodType().type());
        periodUnit.append(header.periodType().unit());
        appendLink(dictionary, batch.sampleLink(sample));
    }

    private void appendLink(Dictionary dictionary, int link) {
        if (link == 0) {
            traceId.appendEmpty();
            spanId.appendEmpty();
        } else {
            traceId.appendHex(dictionary.linkTraceHigh(link), dictionary.linkTraceLow(link));
            spanId.appendHex(dictionary.linkSpan(link));
        }
    }

    private void appendStack(Dictionary dictionary, int stack) {
        for (int i = dictionary.stackStart(stack); i < dictionary.stackEnd(stack); i++) {
            int location = dictionary.stackLocation(i);
            String mapping = dictionary.string(dictionary.mappingFile(dictionary.locationMapping(location)));
            for (int line = dictionary.lineStart(location); line < dictionary.lineEnd(location); line++) {
                int function = dictionary.lineFunction(line);
                addresses.element().append(dictionary.locationAddress(location));
                functions.element().append(FrameNames.name(dictionary, location, function));
                files.element().append(dictionary.string(dictionary.functionFile(function)));
                lines.element().append(dictionary.lineNumber(line));
                mappings.element().append(mapping);
            }
        }
        addresses.endRow();
        functions.endRow();
        files.endRow();
        lines.endRow();
        mappings.endRow();
    }
}
