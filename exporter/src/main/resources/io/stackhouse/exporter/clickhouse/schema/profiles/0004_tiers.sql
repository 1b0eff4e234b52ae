-- Everything that OTLP carries, the samples of a trace by an own table, and tiers that outlive the samples.

-- AttributeTypes has one letter for each attribute, in the map's order: s string, i int, d double, b bool, y bytes, a array, m map,
-- e empty; '' when all are strings. AttributeUnits has their units in the same order, separated by ','; '' when none has one.
ALTER TABLE {database}.otel_profiles_samples_v1
    ADD COLUMN IF NOT EXISTS AttributeTypes        LowCardinality(String) CODEC(ZSTD(1)) AFTER Attributes,
    ADD COLUMN IF NOT EXISTS AttributeUnits        LowCardinality(String) CODEC(ZSTD(1)) AFTER AttributeTypes,
    ADD COLUMN IF NOT EXISTS ProfileAttributeTypes LowCardinality(String) CODEC(ZSTD(1)) AFTER ProfileAttributes,
    ADD COLUMN IF NOT EXISTS ProfileAttributeUnits LowCardinality(String) CODEC(ZSTD(1)) AFTER ProfileAttributeTypes;

-- What it was for, the table of traced samples below does better.
ALTER TABLE {database}.otel_profiles_samples_v1 DROP INDEX IF EXISTS idx_trace_id;

ALTER TABLE {database}.otel_profiles_resources_v1
    ADD COLUMN IF NOT EXISTS ScopeAttributeTypes Map(LowCardinality(String), String) CODEC(ZSTD(1)) AFTER ScopeAttributes;

-- One row per stack, service and month, leaf first, one element of each array per function, inlined ones too. The hash of native code
-- does not depend on names, so a stack may come again with more of them: the row with the most named frames stays. Address and
-- build id of each frame are kept: a table of symbols by (build id, address) can name frames later under the same hash.
-- LocationAttributes and MappingAttributes hold, as JSON, what OTLP says of a frame beyond its type and the build id; mostly ''.
CREATE TABLE IF NOT EXISTS {database}.otel_profiles_stacks_v2
(
    Tenant             LowCardinality(String)        CODEC(ZSTD(1)),
    Environment        LowCardinality(String)        CODEC(ZSTD(1)),
    ServiceName        LowCardinality(String)        CODEC(ZSTD(1)),
    StackHash          UInt64                        CODEC(ZSTD(1)),
    Month              Date                          CODEC(ZSTD(1)),
    LastSeen           DateTime('UTC')               CODEC(Delta(4), ZSTD(1)),
    NamedFrames        UInt32                        CODEC(ZSTD(1)),
    Leaf               LowCardinality(String) DEFAULT Frames[1] CODEC(ZSTD(1)),
    Frames             Array(LowCardinality(String)) CODEC(ZSTD(1)),
    SystemNames        Array(LowCardinality(String)) CODEC(ZSTD(1)),
    Files              Array(LowCardinality(String)) CODEC(ZSTD(1)),
    Lines              Array(UInt32)                 CODEC(ZSTD(1)),
    Columns            Array(UInt32)                 CODEC(ZSTD(1)),
    StartLines         Array(UInt32)                 CODEC(ZSTD(1)),
    Addresses          Array(UInt64)                 CODEC(ZSTD(1)),
    Mappings           Array(LowCardinality(String)) CODEC(ZSTD(1)),
    BuildIds           Array(LowCardinality(String)) CODEC(ZSTD(1)),
    FrameTypes         Array(LowCardinality(String)) CODEC(ZSTD(1)),
    Inlined            Array(Bool)                   CODEC(ZSTD(1)),
    LocationAttributes Array(LowCardinality(String)) CODEC(ZSTD(1)),
    MappingAttributes  Array(LowCardinality(String)) CODEC(ZSTD(1)),
    INDEX idx_frames Frames TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(NamedFrames)
PARTITION BY Month
ORDER BY (Tenant, Environment, ServiceName, StackHash)
{ttl_stacks}
SETTINGS index_granularity = 1024, ttl_only_drop_parts = 1, non_replicated_deduplication_window = {deduplication_window};

-- What a collector of the version before still writes, and below what it wrote.
CREATE MATERIALIZED VIEW IF NOT EXISTS {database}.otel_profiles_stacks_v1_to_v2 TO {database}.otel_profiles_stacks_v2 AS
SELECT Tenant, ServiceName, StackHash, Month, LastSeen, NamedFrames, Frames, SystemNames, Files, Lines, Columns, StartLines, Addresses,
       Mappings, BuildIds, FrameTypes, Inlined
FROM {database}.otel_profiles_stacks_v1;

-- A stack that is copied twice is merged into one.
INSERT INTO {database}.otel_profiles_stacks_v2 (Tenant, ServiceName, StackHash, Month, LastSeen, NamedFrames, Frames, SystemNames, Files,
    Lines, Columns, StartLines, Addresses, Mappings, BuildIds, FrameTypes, Inlined)
SELECT Tenant, ServiceName, StackHash, Month, LastSeen, NamedFrames, Frames, SystemNames, Files,
    Lines, Columns, StartLines, Addresses, Mappings, BuildIds, FrameTypes, Inlined
FROM {database}.otel_profiles_stacks_v1;

-- Profiles that came with their producer's own payload, such as a JFR file, or that left attributes out.
CREATE TABLE IF NOT EXISTS {database}.otel_profiles_payloads_v1
(
    Tenant                 LowCardinality(String)              CODEC(ZSTD(1)),
    Environment            LowCardinality(String)              CODEC(ZSTD(1)),
    ServiceName            LowCardinality(String)              CODEC(ZSTD(1)),
    ServiceNamespace       LowCardinality(String)              CODEC(ZSTD(1)),
    ServiceVersion         LowCardinality(String)              CODEC(ZSTD(1)),
    SampleType             LowCardinality(String)              CODEC(ZSTD(1)),
    SampleUnit             LowCardinality(String)              CODEC(ZSTD(1)),
    Timestamp              DateTime64(9, 'UTC')                CODEC(Delta(8), ZSTD(1)),
    ObservedTimestamp      DateTime64(9, 'UTC')                CODEC(Delta(8), ZSTD(1)),
    DurationNano           UInt64                              CODEC(ZSTD(1)),
    ProfileId              String                              CODEC(ZSTD(1)),
    ResourceHash           UInt64                              CODEC(ZSTD(1)),
    ProfileAttributes      Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    ProfileAttributeTypes  LowCardinality(String)              CODEC(ZSTD(1)),
    ProfileAttributeUnits  LowCardinality(String)              CODEC(ZSTD(1)),
    DroppedAttributesCount UInt32                              CODEC(ZSTD(1)),
    PayloadFormat          LowCardinality(String)              CODEC(ZSTD(1)),
    Payload                String                              CODEC(ZSTD(3))
)
ENGINE = MergeTree
PARTITION BY toDate(Timestamp)
ORDER BY (Tenant, Environment, ServiceName, ServiceNamespace, SampleType, toDateTime(Timestamp))
{ttl_samples}
SETTINGS index_granularity = 64, ttl_only_drop_parts = 1, non_replicated_deduplication_window = {deduplication_window};

-- The samples that have a trace, by it.
CREATE TABLE IF NOT EXISTS {database}.otel_profiles_traced_v1
(
    Tenant           LowCardinality(String) CODEC(ZSTD(1)),
    TraceId          String                 CODEC(ZSTD(1)),
    SpanId           String                 CODEC(ZSTD(1)),
    Timestamp        DateTime64(9, 'UTC')   CODEC(Delta(8), ZSTD(1)),
    DurationNano     UInt64                 CODEC(ZSTD(1)),
    Environment      LowCardinality(String) CODEC(ZSTD(1)),
    ServiceName      LowCardinality(String) CODEC(ZSTD(1)),
    ServiceNamespace LowCardinality(String) CODEC(ZSTD(1)),
    ServiceVersion   LowCardinality(String) CODEC(ZSTD(1)),
    SampleType       LowCardinality(String) CODEC(ZSTD(1)),
    SampleUnit       LowCardinality(String) CODEC(ZSTD(1)),
    Value            Int64                  CODEC(ZSTD(1)),
    Count            UInt64                 CODEC(ZSTD(1)),
    Threshold        Int64                  CODEC(ZSTD(1)),
    StackHash        UInt64                 CODEC(ZSTD(1)),
    ResourceHash     UInt64                 CODEC(ZSTD(1)),
    ThreadName       String                 CODEC(ZSTD(1))
)
ENGINE = MergeTree
PARTITION BY toDate(Timestamp)
ORDER BY (Tenant, TraceId, SpanId, Timestamp)
{ttl_traced}
SETTINGS index_granularity = 1024, ttl_only_drop_parts = 1, non_replicated_deduplication_window = {deduplication_window};

CREATE MATERIALIZED VIEW IF NOT EXISTS {database}.otel_profiles_traced_v1_mv TO {database}.otel_profiles_traced_v1 AS
SELECT Tenant, TraceId, SpanId, Timestamp, DurationNano, Environment, ServiceName, ServiceNamespace, ServiceVersion, SampleType,
       SampleUnit, Value, Count, Threshold, StackHash, ResourceHash, ThreadName
FROM {database}.otel_profiles_samples_v1
WHERE TraceId != '';

-- Each stack's hour. Value is the sum of weights; the three sums after Samples are those of docs/downsampling.md: Variance estimates
-- the variance of Value, ByChance is the weight of the rows that were kept by chance, SquaredWeights gives the effective number of rows.
CREATE TABLE IF NOT EXISTS {database}.otel_profiles_1h_v1
(
    Tenant           LowCardinality(String)                CODEC(ZSTD(1)),
    Environment      LowCardinality(String)                CODEC(ZSTD(1)),
    ServiceName      LowCardinality(String)                CODEC(ZSTD(1)),
    ServiceNamespace LowCardinality(String)                CODEC(ZSTD(1)),
    ServiceVersion   LowCardinality(String)                CODEC(ZSTD(1)),
    SampleType       LowCardinality(String)                CODEC(ZSTD(1)),
    SampleUnit       LowCardinality(String)                CODEC(ZSTD(1)),
    Hour             DateTime('UTC')                       CODEC(Delta(4), ZSTD(1)),
    StackHash        UInt64                                CODEC(ZSTD(1)),
    Value            SimpleAggregateFunction(sum, Int64)   CODEC(ZSTD(1)),
    Count            SimpleAggregateFunction(sum, UInt64)  CODEC(ZSTD(1)),
    Samples          SimpleAggregateFunction(sum, UInt64)  CODEC(ZSTD(1)),
    Variance         SimpleAggregateFunction(sum, Float64) CODEC(ZSTD(1)),
    ByChance         SimpleAggregateFunction(sum, Float64) CODEC(ZSTD(1)),
    SquaredWeights   SimpleAggregateFunction(sum, Float64) CODEC(ZSTD(1))
)
ENGINE = AggregatingMergeTree
PARTITION BY toMonday(Hour)
ORDER BY (Tenant, Environment, ServiceName, ServiceNamespace, SampleType, SampleUnit, Hour, ServiceVersion, StackHash)
{ttl_hourly}
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = {deduplication_window};

CREATE MATERIALIZED VIEW IF NOT EXISTS {database}.otel_profiles_1h_v1_mv TO {database}.otel_profiles_1h_v1 AS
SELECT Tenant, Environment, ServiceName, ServiceNamespace, ServiceVersion, SampleType, SampleUnit,
       toStartOfHour(toDateTime(Timestamp, 'UTC')) AS Hour, StackHash,
       sum(if(Threshold > s.Value AND Threshold > 0, Threshold, s.Value)) AS Value,
       sum(s.Count) AS Count,
       count() AS Samples,
       sumIf(toFloat64(Threshold) * (toFloat64(Threshold) - s.Value), Threshold > s.Value AND Threshold > 0) AS Variance,
       sumIf(toFloat64(Threshold), Threshold > s.Value AND Threshold > 0) AS ByChance,
       sum(pow(if(Threshold > s.Value AND Threshold > 0, Threshold, s.Value), 2)) AS SquaredWeights
FROM {database}.otel_profiles_samples_v1 AS s
GROUP BY Tenant, Environment, ServiceName, ServiceNamespace, ServiceVersion, SampleType, SampleUnit, Hour, StackHash;

-- Each service's minute, written by the collector: the exact sums of before it sampled, else what its rows sum up to. Kept tells how
-- many rows are left of them.
CREATE TABLE IF NOT EXISTS {database}.otel_profiles_totals_1m_v1
(
    Tenant           LowCardinality(String)                CODEC(ZSTD(1)),
    Environment      LowCardinality(String)                CODEC(ZSTD(1)),
    ServiceName      LowCardinality(String)                CODEC(ZSTD(1)),
    ServiceNamespace LowCardinality(String)                CODEC(ZSTD(1)),
    ServiceVersion   LowCardinality(String)                CODEC(ZSTD(1)),
    SampleType       LowCardinality(String)                CODEC(ZSTD(1)),
    SampleUnit       LowCardinality(String)                CODEC(ZSTD(1)),
    Minute           DateTime('UTC')                       CODEC(Delta(4), ZSTD(1)),
    Value            SimpleAggregateFunction(sum, Int64)   CODEC(ZSTD(1)),
    Count            SimpleAggregateFunction(sum, UInt64)  CODEC(ZSTD(1)),
    Kept             SimpleAggregateFunction(sum, UInt64)  CODEC(ZSTD(1)),
    Variance         SimpleAggregateFunction(sum, Float64) CODEC(ZSTD(1))
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(Minute)
ORDER BY (Tenant, Environment, ServiceName, ServiceNamespace, SampleType, SampleUnit, Minute, ServiceVersion)
{ttl_totals}
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = {deduplication_window};
