-- Samples refer to stacks and resources by hash. A sort key can't be changed later, so tables carry a version in their name and
-- are read through views (0002).

CREATE TABLE IF NOT EXISTS {database}.otel_profiles_samples_v1
(
    Tenant             LowCardinality(String)              CODEC(ZSTD(1)),
    Environment        LowCardinality(String)              CODEC(ZSTD(1)),
    ServiceName        LowCardinality(String)              CODEC(ZSTD(1)),
    ServiceNamespace   LowCardinality(String)              CODEC(ZSTD(1)),
    ServiceVersion     LowCardinality(String)              CODEC(ZSTD(1)),
    SampleType         LowCardinality(String)              CODEC(ZSTD(1)),
    SampleUnit         LowCardinality(String)              CODEC(ZSTD(1)),
    PeriodType         LowCardinality(String)              CODEC(ZSTD(1)),
    PeriodUnit         LowCardinality(String)              CODEC(ZSTD(1)),
    Period             Int64                               CODEC(ZSTD(1)),
    Timestamp          DateTime64(9, 'UTC')                CODEC(Delta(8), ZSTD(1)),
    ObservedTimestamp  DateTime64(9, 'UTC')                CODEC(Delta(8), ZSTD(1)),
    DurationNano       UInt64                              CODEC(ZSTD(1)),
    Value              Int64                               CODEC(ZSTD(1)),
    Count              UInt64                              CODEC(ZSTD(1)),
    Threshold          Int64                               CODEC(ZSTD(1)),
    StackHash          UInt64                              CODEC(ZSTD(1)),
    ResourceHash       UInt64                              CODEC(ZSTD(1)),
    ThreadName         String                              CODEC(ZSTD(1)),
    Attributes         Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    ProfileAttributes  Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    TraceId            String                              CODEC(ZSTD(1)),
    SpanId             String                              CODEC(ZSTD(1)),
    ProfileId          String                              CODEC(ZSTD(1)),
    INDEX idx_trace_id TraceId TYPE bloom_filter(0.001) GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY toDate(Timestamp)
ORDER BY (Tenant, Environment, ServiceName, ServiceNamespace, SampleType, toDateTime(Timestamp))
{ttl_samples}
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = {deduplication_window};

-- One row per stack, service and month, leaf first, one array element per function, inlined ones too. The hash of native code does
-- not depend on names, so a stack may come again with more of them: the row with the most named frames stays.
CREATE TABLE IF NOT EXISTS {database}.otel_profiles_stacks_v1
(
    Tenant       LowCardinality(String)        CODEC(ZSTD(1)),
    ServiceName  LowCardinality(String)        CODEC(ZSTD(1)),
    StackHash    UInt64                        CODEC(ZSTD(1)),
    Month        Date                          CODEC(ZSTD(1)),
    LastSeen     DateTime('UTC')               CODEC(Delta(4), ZSTD(1)),
    NamedFrames  UInt32                        CODEC(ZSTD(1)),
    Frames       Array(LowCardinality(String)) CODEC(ZSTD(1)),
    SystemNames  Array(LowCardinality(String)) CODEC(ZSTD(1)),
    Files        Array(LowCardinality(String)) CODEC(ZSTD(1)),
    Lines        Array(UInt32)                 CODEC(ZSTD(1)),
    Columns      Array(UInt32)                 CODEC(ZSTD(1)),
    StartLines   Array(UInt32)                 CODEC(ZSTD(1)),
    Addresses    Array(UInt64)                 CODEC(ZSTD(1)),
    Mappings     Array(LowCardinality(String)) CODEC(ZSTD(1)),
    BuildIds     Array(LowCardinality(String)) CODEC(ZSTD(1)),
    FrameTypes   Array(LowCardinality(String)) CODEC(ZSTD(1)),
    Inlined      Array(Bool)                   CODEC(ZSTD(1)),
    INDEX idx_frames Frames TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(NamedFrames)
PARTITION BY Month
ORDER BY (Tenant, ServiceName, StackHash)
{ttl_stacks}
SETTINGS index_granularity = 1024, ttl_only_drop_parts = 1, non_replicated_deduplication_window = {deduplication_window};

-- One row per resource, scope and month. ResourceAttributeTypes names the type of each attribute that is no string.
CREATE TABLE IF NOT EXISTS {database}.otel_profiles_resources_v1
(
    Tenant                 LowCardinality(String)              CODEC(ZSTD(1)),
    Environment            LowCardinality(String)              CODEC(ZSTD(1)),
    ServiceName            LowCardinality(String)              CODEC(ZSTD(1)),
    ServiceNamespace       LowCardinality(String)              CODEC(ZSTD(1)),
    ServiceVersion         LowCardinality(String)              CODEC(ZSTD(1)),
    ResourceHash           UInt64                              CODEC(ZSTD(1)),
    Month                  Date                                CODEC(ZSTD(1)),
    LastSeen               DateTime('UTC')                     CODEC(Delta(4), ZSTD(1)),
    ResourceAttributes     Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    ResourceAttributeTypes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    ResourceSchemaUrl      String                              CODEC(ZSTD(1)),
    ScopeName              LowCardinality(String)              CODEC(ZSTD(1)),
    ScopeVersion           LowCardinality(String)              CODEC(ZSTD(1)),
    ScopeAttributes        Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    ScopeSchemaUrl         String                              CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(LastSeen)
PARTITION BY Month
ORDER BY (Tenant, Environment, ServiceName, ResourceHash)
{ttl_stacks}
SETTINGS index_granularity = 1024, ttl_only_drop_parts = 1, non_replicated_deduplication_window = {deduplication_window};
