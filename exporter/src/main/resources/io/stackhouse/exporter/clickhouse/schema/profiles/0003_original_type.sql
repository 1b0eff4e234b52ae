-- The sample type as its producer sent it, where it is kept under another name: samples/count of a CPU clock is kept as cpu/nanoseconds.

ALTER TABLE {database}.otel_profiles_samples_v1
    ADD COLUMN IF NOT EXISTS OriginalType LowCardinality(String) CODEC(ZSTD(1)) AFTER SampleUnit,
    ADD COLUMN IF NOT EXISTS OriginalUnit LowCardinality(String) CODEC(ZSTD(1)) AFTER OriginalType;

CREATE OR REPLACE VIEW {database}.otel_profiles_samples AS
SELECT Tenant, Environment, ServiceName, ServiceNamespace, ServiceVersion, SampleType, SampleUnit, OriginalType, OriginalUnit,
       PeriodType, PeriodUnit, Period, Timestamp, ObservedTimestamp, DurationNano, Value, Count, Threshold,
       greatest(Value, Threshold) AS Weight, StackHash, ResourceHash, ThreadName, Attributes, ProfileAttributes, TraceId, SpanId, ProfileId
FROM {database}.otel_profiles_samples_v1;
