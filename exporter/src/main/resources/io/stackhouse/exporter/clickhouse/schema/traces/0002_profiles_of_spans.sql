-- Spans and the samples that ran inside them. from and to are about the spans; a sample of a span lies within it.

-- The spans with the most CPU: what each span's samples add up to. A span without samples is not there.
CREATE OR REPLACE VIEW {database}.{traces_table}_cpu AS
SELECT t.TraceId AS TraceId, t.SpanId AS SpanId, t.ServiceName AS ServiceName, t.SpanName AS SpanName, t.Timestamp AS Timestamp,
       t.Duration AS Duration, p.CpuNanos AS CpuNanos, p.OffCpuNanos AS OffCpuNanos, p.Samples AS Samples
FROM
(
    SELECT TraceId, SpanId, ServiceName, SpanName, Timestamp, Duration
    FROM {database}.{traces_table}
    WHERE ({service:String} = '' OR ServiceName = {service:String})
      AND Timestamp >= parseDateTime64BestEffort({from:String}, 9, 'UTC')
      AND Timestamp < parseDateTime64BestEffort({to:String}, 9, 'UTC')
) AS t
INNER JOIN
(
    SELECT TraceId, SpanId, sumIf(stackhouseWeight(Value, Threshold), SampleType = 'cpu') AS CpuNanos,
           sumIf(stackhouseWeight(Value, Threshold), SampleType = 'off_cpu') AS OffCpuNanos, count() AS Samples
    FROM {database}.otel_profiles_traced_v1
    WHERE SampleUnit = 'nanoseconds' AND ({service:String} = '' OR ServiceName = {service:String})
      AND Timestamp >= parseDateTime64BestEffort({from:String}, 9, 'UTC') - INTERVAL 1 MINUTE
      AND Timestamp < parseDateTime64BestEffort({to:String}, 9, 'UTC') + INTERVAL 1 DAY
    GROUP BY TraceId, SpanId
) AS p
ON t.TraceId = p.TraceId AND t.SpanId = p.SpanId;

-- The functions inside the slowest spans of an endpoint: share is that of the slowest, such as 0.01. Self and Total are in the unit of
-- the type; Spans tells in how many of the slow spans the function was seen.
CREATE OR REPLACE VIEW {database}.{traces_table}_slow_functions AS
WITH
    spans AS
    (
        SELECT TraceId, SpanId, Duration
        FROM {database}.{traces_table}
        WHERE ServiceName = {service:String} AND SpanName = {span:String}
          AND Timestamp >= parseDateTime64BestEffort({from:String}, 9, 'UTC')
          AND Timestamp < parseDateTime64BestEffort({to:String}, 9, 'UTC')
    ),
    slow AS
    (
        SELECT TraceId, SpanId FROM spans WHERE Duration >= (SELECT quantileExactHigh(1 - {share:Float64})(Duration) FROM spans)
    ),
    sampled AS
    (
        SELECT Tenant, ServiceName, StackHash, SpanId, sum(stackhouseWeight(Value, Threshold)) AS Spent
        FROM {database}.otel_profiles_traced_v1
        WHERE SampleType = {type:String} AND (TraceId, SpanId) IN (SELECT TraceId, SpanId FROM slow)
        GROUP BY Tenant, ServiceName, StackHash, SpanId
    )
SELECT Function, sumIf(Spent, Position = 1) AS Self, sum(Spent) AS Total, uniqExact(SpanId) AS Spans
FROM
(
    SELECT s.Spent AS Spent, s.SpanId AS SpanId, Function, Position
    FROM sampled AS s
    ANY LEFT JOIN
    (
        SELECT Tenant, ServiceName, StackHash, Frames
        FROM {database}.otel_profiles_stacks_v2
        WHERE (Tenant, ServiceName, StackHash) IN (SELECT Tenant, ServiceName, StackHash FROM sampled)
    ) AS k
    ON s.Tenant = k.Tenant AND s.ServiceName = k.ServiceName AND s.StackHash = k.StackHash
    ARRAY JOIN arrayDistinct(k.Frames) AS Function, arrayEnumerate(arrayDistinct(k.Frames)) AS Position
)
GROUP BY Function;
