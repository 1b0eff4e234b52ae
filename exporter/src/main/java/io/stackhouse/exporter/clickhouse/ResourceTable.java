package io.stackhouse.exporter.clickhouse;

import io.stackhouse.exporter.clickhouse.block.FixedColumn;
import io.stackhouse.exporter.clickhouse.block.LowCardinalityColumn;
import io.stackhouse.exporter.clickhouse.block.MapColumn;
import io.stackhouse.exporter.clickhouse.block.NativeBlock;
import io.stackhouse.exporter.clickhouse.block.StringColumn;
import io.stackhouse.pipeline.batch.AttributeValue;
import io.stackhouse.pipeline.batch.Attributes;
import io.stackhouse.pipeline.batch.Resource;
import io.stackhouse.pipeline.batch.Scope;

/** The open block of the table of resources and their scopes. One thread. */
final class ResourceTable {
    static final String NAME = "otel_profiles_resources_v1";

    final NativeBlock block = new NativeBlock();
    private final LowCardinalityColumn tenant = block.add("Tenant", new LowCardinalityColumn());
    private final LowCardinalityColumn environment = block.add("Environment", new LowCardinalityColumn());
    private final LowCardinalityColumn serviceName = block.add("ServiceName", new LowCardinalityColumn());
    private final LowCardinalityColumn serviceNamespace = block.add("ServiceNamespace", new LowCardinalityColumn());
    private final LowCardinalityColumn serviceVersion = block.add("ServiceVersion", new LowCardinalityColumn());
    private final FixedColumn resourceHash = block.add("ResourceHash", FixedColumn.uint64());
    private final FixedColumn month = block.add("Month", FixedColumn.date());
    private final FixedColumn lastSeen = block.add("LastSeen", FixedColumn.dateTimeUtc());
    private final MapColumn resourceAttributes = block.add("ResourceAttributes", new MapColumn());
    private final MapColumn resourceAttributeTypes = block.add("ResourceAttributeTypes", new MapColumn());
    private final StringColumn resourceSchemaUrl = block.add("ResourceSchemaUrl", new StringColumn());
    private final LowCardinalityColumn scopeName = block.add("ScopeName", new LowCardinalityColumn());
    private final LowCardinalityColumn scopeVersion = block.add("ScopeVersion", new LowCardinalityColumn());
    private final MapColumn scopeAttributes = block.add("ScopeAttributes", new MapColumn());
    private final MapColumn scopeAttributeTypes = block.add("ScopeAttributeTypes", new MapColumn());
    private final StringColumn scopeSchemaUrl = block.add("ScopeSchemaUrl", new StringColumn());

    /**
     * Begins a row; {@link #appendContent} ends it.
     *
     * @param monthDays its month's first day, in days since 1970
     * @param seenUnixNanos when it was received
     */
    void appendKey(ServiceIdentity service, long hash, long monthDays, long seenUnixNanos) {
        tenant.append(service.tenant());
        environment.append(service.environment());
        serviceName.append(service.name());
        serviceNamespace.append(service.namespace());
        serviceVersion.append(service.version());
        resourceHash.append(hash);
        month.append(monthDays);
        lastSeen.append(seenUnixNanos / 1_000_000_000L);
    }

    void appendContent(Resource resource, Scope scope) {
        putAll(resource.attributes(), resourceAttributes);
        putTypes(resource.attributes(), resourceAttributeTypes);
        resourceSchemaUrl.append(resource.schemaUrl());
        scopeName.append(scope.name());
        scopeVersion.append(scope.version());
        putAll(scope.attributes(), scopeAttributes);
        putTypes(scope.attributes(), scopeAttributeTypes);
        scopeSchemaUrl.append(scope.schemaUrl());
    }

    private static void putAll(Attributes attributes, MapColumn column) {
        for (int i = 0; i < attributes.size(); i++) {
            column.put(attributes.key(i), attributes.value(i).text());
        }
        column.endRow();
    }

    private static void putTypes(Attributes attributes, MapColumn column) {
        for (int i = 0; i < attributes.size(); i++) {
            String type = type(attributes.value(i));
            if (!type.isEmpty()) {
                column.put(attributes.key(i), type);
            }
        }
        column.endRow();
    }

    /** The type's name in OTLP's AnyValue; empty for strings. */
    private static String type(AttributeValue value) {
        if (value instanceof AttributeValue.StringValue) {
            return "";
        } else if (value instanceof AttributeValue.LongValue) {
            return "int";
        } else if (value instanceof AttributeValue.BoolValue) {
            return "bool";
        } else if (value instanceof AttributeValue.DoubleValue) {
            return "double";
        } else if (value instanceof AttributeValue.BytesValue) {
            return "bytes";
        } else if (value instanceof AttributeValue.ArrayValue) {
            return "array";
        } else if (value instanceof AttributeValue.MapValue) {
            return "kvlist";
        }
        return "empty";
    }
}
