-- Requests: what came into a service, with all spans that belong to it, and the samples that ran inside them. Everything is joined by id;
-- time only says which requests are meant (those that begin from and before to), and what need not be read.

-- The spans of a service with the request that each belongs to. A request begins with a span that serves or consumes, or whose parent is
-- not a span of this service; its spans are those below it that begin within an hour. Of spans that came twice one is taken.
CREATE OR REPLACE VIEW {database}.{traces_table}_requests AS
WITH RECURSIVE
    spans AS
    (
        SELECT TraceId, SpanId, any(ParentSpanId) AS Parent, any(SpanName) AS Name, any(SpanKind) IN ('Server', 'Consumer') AS Serves,
               any(Timestamp) AS Begin, any(Duration) AS Nanos, any(ResourceAttributes['service.version']) AS Version
        FROM {database}.{traces_table}
        WHERE ServiceName = {service:String}
          AND Timestamp >= parseDateTime64BestEffort({from:String}, 9, 'UTC') - INTERVAL 1 HOUR
          AND Timestamp < parseDateTime64BestEffort({to:String}, 9, 'UTC') + INTERVAL 1 HOUR
        GROUP BY TraceId, SpanId
    ),
    belonging AS
    (
        SELECT TraceId, SpanId, SpanId AS RequestSpanId, Name AS Endpoint, Begin AS Timestamp, Nanos AS Duration, Version AS ServiceVersion,
               0 AS Depth
        FROM spans
        WHERE (Serves OR (TraceId, Parent) NOT IN (SELECT TraceId, SpanId FROM spans))
          AND Begin >= parseDateTime64BestEffort({from:String}, 9, 'UTC') AND Begin < parseDateTime64BestEffort({to:String}, 9, 'UTC')
        UNION ALL
        SELECT s.TraceId, s.SpanId, b.RequestSpanId, b.Endpoint, b.Timestamp, b.Duration, b.ServiceVersion, b.Depth + 1
        FROM belonging AS b
        INNER JOIN (SELECT TraceId, SpanId, Parent FROM spans WHERE NOT Serves) AS s ON s.TraceId = b.TraceId AND s.Parent = b.SpanId
        WHERE b.Depth < 100 AND s.SpanId != b.RequestSpanId
    )
SELECT TraceId, SpanId, RequestSpanId, Endpoint, Timestamp, Duration, ServiceVersion, Depth FROM belonging;

-- What each endpoint costs: requests, their time by the clock, on the CPU and waiting, in nanoseconds. CpuStandardError is that of counting
-- samples, the square root of the sum of their squared weights. Requests whose trace was not sampled are not there.
CREATE OR REPLACE VIEW {database}.{traces_table}_endpoints AS
SELECT r.Endpoint AS Endpoint, r.ServiceVersion AS ServiceVersion, countIf(r.Depth = 0) AS Requests, sumIf(r.Duration, r.Depth = 0) AS WallNanos,
       sum(p.Cpu) AS CpuNanos, sqrt(sum(p.CpuSquares)) AS CpuStandardError, sum(p.OffCpu) AS OffCpuNanos, sum(p.SampleCount) AS Samples
FROM {database}.{traces_table}_requests(service = {service:String}, from = {from:String}, to = {to:String}) AS r
LEFT JOIN
(
    SELECT TraceId, SpanId, sumIf(stackhouseWeight(Value, Threshold), SampleType = 'cpu') AS Cpu,
           sumIf(pow(stackhouseWeight(Value, Threshold), 2) / greatest(Count, 1), SampleType = 'cpu') AS CpuSquares,
           sumIf(stackhouseWeight(Value, Threshold), SampleType = 'off_cpu') AS OffCpu, sum(Count) AS SampleCount
    FROM {database}.otel_profiles_traced_v1
    WHERE SampleUnit = 'nanoseconds' AND ServiceName = {service:String}
      AND Timestamp >= parseDateTime64BestEffort({from:String}, 9, 'UTC') - INTERVAL 1 MINUTE
      AND Timestamp < parseDateTime64BestEffort({to:String}, 9, 'UTC') + INTERVAL 1 DAY
    GROUP BY TraceId, SpanId
) AS p
ON r.TraceId = p.TraceId AND r.SpanId = p.SpanId
GROUP BY Endpoint, ServiceVersion;

-- Each endpoint's share of the service's CPU time, and its CPU time per request, in two versions.
CREATE OR REPLACE VIEW {database}.{traces_table}_endpoints_diff AS
WITH
    sides AS
    (
        SELECT Endpoint, sumIf(CpuNanos, ServiceVersion = {before:String}) AS CpuBefore, sumIf(CpuNanos, ServiceVersion = {after:String}) AS CpuAfter,
               sumIf(Requests, ServiceVersion = {before:String}) AS RequestsBefore, sumIf(Requests, ServiceVersion = {after:String}) AS RequestsAfter
        FROM {database}.{traces_table}_endpoints(service = {service:String}, from = {from:String}, to = {to:String})
        GROUP BY Endpoint
    ),
    (SELECT sum(CpuBefore) FROM sides) AS AllBefore,
    (SELECT sum(CpuAfter) FROM sides) AS AllAfter
SELECT Endpoint, if(AllBefore = 0, 0, CpuBefore / AllBefore) AS ShareBefore, if(AllAfter = 0, 0, CpuAfter / AllAfter) AS ShareAfter,
       if(RequestsBefore = 0, 0, CpuBefore / RequestsBefore) AS NanosPerRequestBefore,
       if(RequestsAfter = 0, 0, CpuAfter / RequestsAfter) AS NanosPerRequestAfter, RequestsBefore, RequestsAfter
FROM sides;

-- Stacks inside the requests of a service, with the request each belongs to. endpoint '' is all of them.
CREATE OR REPLACE VIEW {database}.{traces_table}_stacks AS
WITH
    belonging AS
    (
        SELECT TraceId, SpanId, RequestSpanId, Endpoint, Duration
        FROM {database}.{traces_table}_requests(service = {service:String}, from = {from:String}, to = {to:String})
        WHERE {endpoint:String} = '' OR Endpoint = {endpoint:String}
    ),
    sampled AS
    (
        SELECT s.Tenant AS Tenant, s.ServiceName AS ServiceName, s.StackHash AS StackHash, b.TraceId AS TraceId, b.RequestSpanId AS RequestSpanId,
               b.Endpoint AS Endpoint, b.Duration AS Duration, sum(stackhouseWeight(s.Value, s.Threshold)) AS Spent
        FROM {database}.otel_profiles_traced_v1 AS s
        INNER JOIN belonging AS b ON s.TraceId = b.TraceId AND s.SpanId = b.SpanId
        WHERE s.SampleType = {type:String} AND s.ServiceName = {service:String}
          AND s.Timestamp >= parseDateTime64BestEffort({from:String}, 9, 'UTC') - INTERVAL 1 MINUTE
          AND s.Timestamp < parseDateTime64BestEffort({to:String}, 9, 'UTC') + INTERVAL 1 DAY
        GROUP BY Tenant, ServiceName, StackHash, TraceId, RequestSpanId, Endpoint, Duration
    )
SELECT s.Endpoint AS Endpoint, s.TraceId AS TraceId, s.RequestSpanId AS RequestSpanId, s.Duration AS Duration, s.Spent AS Value,
       k.Frames AS Frames, k.Files AS Files, k.Lines AS Lines
FROM sampled AS s
ANY LEFT JOIN
(
    SELECT Tenant, ServiceName, StackHash, Frames, Files, Lines
    FROM {database}.otel_profiles_stacks_v2
    WHERE (Tenant, ServiceName, StackHash) IN (SELECT Tenant, ServiceName, StackHash FROM sampled)
) AS k
ON s.Tenant = k.Tenant AND s.ServiceName = k.ServiceName AND s.StackHash = k.StackHash;

-- The stacks of the slowest requests of an endpoint: share is that of the slowest, such as 0.01, counted over all requests, sampled or not.
CREATE OR REPLACE VIEW {database}.{traces_table}_slow_stacks AS
WITH
    (
        SELECT quantileExactHigh(1 - {share:Float64})(Duration)
        FROM {database}.{traces_table}_requests(service = {service:String}, from = {from:String}, to = {to:String})
        WHERE Depth = 0 AND Endpoint = {span:String}
    ) AS Slow
SELECT TraceId, RequestSpanId, Duration, Value, Frames, Files, Lines
FROM {database}.{traces_table}_stacks(service = {service:String}, endpoint = {span:String}, type = {type:String}, from = {from:String}, to = {to:String})
WHERE Duration >= Slow;

-- The functions inside the slowest requests of an endpoint, those in spans below it included. Self and Total are in the unit of the type;
-- Spans tells in how many of the slow requests the function was seen.
CREATE OR REPLACE VIEW {database}.{traces_table}_slow_functions AS
SELECT Function, sumIf(Value, Position = 1) AS Self, sum(Value) AS Total, uniqExact(TraceId, RequestSpanId) AS Spans
FROM {database}.{traces_table}_slow_stacks(service = {service:String}, span = {span:String}, share = {share:Float64}, type = {type:String},
    from = {from:String}, to = {to:String})
ARRAY JOIN arrayDistinct(Frames) AS Function, arrayEnumerate(arrayDistinct(Frames)) AS Position
GROUP BY Function;

-- Which endpoints pay for a function: how much of their requests' time is spent in it (Self) and below it (Total), and in how many requests.
CREATE OR REPLACE VIEW {database}.{traces_table}_payers AS
SELECT Endpoint, sumIf(Value, Frames[1] = {function:String}) AS Self, sum(Value) AS Total, uniqExact(TraceId, RequestSpanId) AS Requests
FROM {database}.{traces_table}_stacks(service = {service:String}, endpoint = '', type = {type:String}, from = {from:String}, to = {to:String})
WHERE has(Frames, {function:String})
GROUP BY Endpoint;
