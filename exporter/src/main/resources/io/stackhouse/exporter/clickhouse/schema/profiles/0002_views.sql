-- What users ask. Weight is what a sample stands for after downsampling: sum(Weight) estimates the sum of all values.

CREATE VIEW IF NOT EXISTS {database}.otel_profiles_samples AS
SELECT Tenant, Environment, ServiceName, ServiceNamespace, ServiceVersion, SampleType, SampleUnit, PeriodType, PeriodUnit, Period,
       Timestamp, ObservedTimestamp, DurationNano, Value, Count, Threshold, greatest(Value, Threshold) AS Weight,
       StackHash, ResourceHash, ThreadName, Attributes, ProfileAttributes, TraceId, SpanId, ProfileId
FROM {database}.otel_profiles_samples_v1;

CREATE VIEW IF NOT EXISTS {database}.otel_profiles_stacks AS
SELECT Tenant, ServiceName, StackHash, Month, LastSeen, NamedFrames, Frames, SystemNames, Files, Lines, Columns, StartLines, Addresses, Mappings,
       BuildIds, FrameTypes, Inlined
FROM {database}.otel_profiles_stacks_v1 FINAL;

CREATE VIEW IF NOT EXISTS {database}.otel_profiles_resources AS
SELECT Tenant, Environment, ServiceName, ServiceNamespace, ServiceVersion, ResourceHash, Month, LastSeen, ResourceAttributes,
       ResourceAttributeTypes, ResourceSchemaUrl, ScopeName, ScopeVersion, ScopeAttributes, ScopeSchemaUrl
FROM {database}.otel_profiles_resources_v1 FINAL;

-- Each sample with its stack. Filter on ServiceName and Timestamp: the filter on the service reaches the stacks too.
CREATE VIEW IF NOT EXISTS {database}.otel_profiles_frames AS
SELECT s.Tenant AS Tenant, s.Environment AS Environment, s.ServiceName AS ServiceName, s.ServiceNamespace AS ServiceNamespace,
       s.ServiceVersion AS ServiceVersion, s.SampleType AS SampleType, s.SampleUnit AS SampleUnit, s.Timestamp AS Timestamp,
       s.DurationNano AS DurationNano, s.Value AS Value, s.Count AS Count, s.Weight AS Weight, s.StackHash AS StackHash,
       s.ResourceHash AS ResourceHash, s.ThreadName AS ThreadName, s.Attributes AS Attributes, s.TraceId AS TraceId, s.SpanId AS SpanId,
       k.Frames AS Frames, k.Files AS Files, k.Lines AS Lines, k.Mappings AS Mappings, k.FrameTypes AS FrameTypes, k.Inlined AS Inlined
FROM {database}.otel_profiles_samples AS s
ANY LEFT JOIN (SELECT Tenant, ServiceName, StackHash, Frames, Files, Lines, Mappings, FrameTypes, Inlined
               FROM {database}.otel_profiles_stacks_v1) AS k
    ON s.Tenant = k.Tenant AND s.ServiceName = k.ServiceName AND s.StackHash = k.StackHash;

-- The hottest functions: Self is what was spent in the function itself, Total with what it called; shares are of all that was
-- selected in the same unit. type: the sample type, such as cpu; service: '' for all; from, to: UTC, such as '2026-01-31 08:00:00'.
CREATE VIEW IF NOT EXISTS {database}.otel_profiles_top_functions AS
SELECT ServiceName, Function, SampleUnit, sumIf(Weight, Position = 1) AS Self, sum(Weight) AS Total,
       Self / any(All) AS SelfShare, Total / any(All) AS TotalShare
FROM
(
    SELECT ServiceName, SampleUnit, Weight, All, Pair.1 AS Function, Pair.2 AS Position
    FROM
    (
        SELECT s.ServiceName AS ServiceName, s.SampleUnit AS SampleUnit, s.Weight AS Weight, k.Frames AS Frames,
               sum(s.Weight) OVER (PARTITION BY s.SampleUnit) AS All
        FROM
        (
            SELECT Tenant, ServiceName, SampleUnit, StackHash, sum(Weight) AS Weight
            FROM {database}.otel_profiles_samples
            WHERE SampleType = {type:String} AND ({service:String} = '' OR ServiceName = {service:String})
              AND Timestamp >= parseDateTime64BestEffort({from:String}, 9, 'UTC')
              AND Timestamp < parseDateTime64BestEffort({to:String}, 9, 'UTC')
            GROUP BY Tenant, ServiceName, SampleUnit, StackHash
        ) AS s
        ANY LEFT JOIN
        (
            SELECT Tenant, ServiceName, StackHash, Frames
            FROM {database}.otel_profiles_stacks_v1
            WHERE ({service:String} = '' OR ServiceName = {service:String})
              AND Month >= toStartOfMonth(parseDateTime64BestEffort({from:String}, 9, 'UTC'))
              AND Month <= toStartOfMonth(parseDateTime64BestEffort({to:String}, 9, 'UTC'))
        ) AS k
        ON s.Tenant = k.Tenant AND s.ServiceName = k.ServiceName AND s.StackHash = k.StackHash
    )
    ARRAY JOIN arrayMap((name, position) -> (name, position), arrayDistinct(Frames), arrayEnumerate(arrayDistinct(Frames))) AS Pair
)
GROUP BY ServiceName, SampleUnit, Function;
