-- What users ask: functions and views, described with examples in docs/sql.md. Parameters: type is the sample type, such as cpu; service
-- is '' for all; from and to are UTC, such as '2026-01-31 08:00:00', from included, to not.

CREATE OR REPLACE FUNCTION stackhouseWeight AS (value, threshold) -> if(threshold > value AND threshold > 0, threshold, value);

CREATE OR REPLACE FUNCTION stackhouseFolded AS (frames) -> arrayStringConcat(arrayReverse(frames), ';');

CREATE OR REPLACE FUNCTION stackhouseAttributeType AS (attributes, types, key) ->
    if(NOT mapContains(attributes, key), '',
       transform(substring(types, indexOf(mapKeys(attributes), key), 1),
                 ['', 's', 'i', 'd', 'b', 'y', 'a', 'm', 'e'],
                 ['string', 'string', 'int', 'double', 'bool', 'bytes', 'array', 'kvlist', 'empty'], ''));

-- The 95 % interval of docs/downsampling.md for any number of rows: variance and byChance are sums over the rows kept by chance.
CREATE OR REPLACE FUNCTION stackhouseLow AS (estimate, variance, byChance) ->
    estimate + if(byChance = 0, 0, 1.9208 * variance / byChance)
    - sqrt(3.8416 * variance + if(byChance = 0, 0, pow(1.9208 * variance / byChance, 2)));

CREATE OR REPLACE FUNCTION stackhouseHigh AS (estimate, variance, byChance) ->
    estimate + if(byChance = 0, 0, 1.9208 * variance / byChance)
    + sqrt(3.8416 * variance + if(byChance = 0, 0, pow(1.9208 * variance / byChance, 2)));

CREATE OR REPLACE VIEW {database}.otel_profiles_samples AS
SELECT Tenant, Environment, ServiceName, ServiceNamespace, ServiceVersion, SampleType, SampleUnit, OriginalType, OriginalUnit,
       PeriodType, PeriodUnit, Period, Timestamp, ObservedTimestamp, DurationNano, Value, Count, Threshold,
       stackhouseWeight(Value, Threshold) AS Weight, StackHash, ResourceHash, ThreadName,
       Attributes, AttributeTypes, AttributeUnits, ProfileAttributes, ProfileAttributeTypes, ProfileAttributeUnits,
       TraceId, SpanId, ProfileId
FROM {database}.otel_profiles_samples_v1;

CREATE OR REPLACE VIEW {database}.otel_profiles_stacks AS
SELECT Tenant, Environment, ServiceName, StackHash, Month, LastSeen, NamedFrames, Leaf, Frames, SystemNames, Files, Lines, Columns,
       StartLines, Addresses, Mappings, BuildIds, FrameTypes, Inlined, LocationAttributes, MappingAttributes
FROM {database}.otel_profiles_stacks_v2 FINAL;

CREATE OR REPLACE VIEW {database}.otel_profiles_resources AS
SELECT Tenant, Environment, ServiceName, ServiceNamespace, ServiceVersion, ResourceHash, Month, LastSeen, ResourceAttributes,
       ResourceAttributeTypes, ResourceSchemaUrl, ScopeName, ScopeVersion, ScopeAttributes, ScopeAttributeTypes, ScopeSchemaUrl
FROM {database}.otel_profiles_resources_v1 FINAL;

CREATE OR REPLACE VIEW {database}.otel_profiles_payloads AS
SELECT * FROM {database}.otel_profiles_payloads_v1;

CREATE OR REPLACE VIEW {database}.otel_profiles_traced AS
SELECT Tenant, TraceId, SpanId, Timestamp, DurationNano, Environment, ServiceName, ServiceNamespace, ServiceVersion, SampleType, SampleUnit,
       Value, Count, Threshold, stackhouseWeight(Value, Threshold) AS Weight, StackHash, ResourceHash, ThreadName
FROM {database}.otel_profiles_traced_v1;

CREATE OR REPLACE VIEW {database}.otel_profiles_1h AS
SELECT Tenant, Environment, ServiceName, ServiceNamespace, ServiceVersion, SampleType, SampleUnit, Hour, StackHash,
       h.Value AS Value, h.Count AS Count, h.Samples AS Samples, h.Variance AS Variance, h.ByChance AS ByChance,
       h.SquaredWeights AS SquaredWeights
FROM {database}.otel_profiles_1h_v1 AS h;

CREATE OR REPLACE VIEW {database}.otel_profiles_totals_1m AS
SELECT Tenant, Environment, ServiceName, ServiceNamespace, ServiceVersion, SampleType, SampleUnit, Minute,
       t.Value AS Value, t.Count AS Count, t.Kept AS Kept, t.Variance AS Variance
FROM {database}.otel_profiles_totals_1m_v1 AS t;

-- Each sample with its stack. Filter on ServiceName and Timestamp: the filter on the service reaches the stacks too.
CREATE OR REPLACE VIEW {database}.otel_profiles_frames AS
SELECT s.Tenant AS Tenant, s.Environment AS Environment, s.ServiceName AS ServiceName, s.ServiceNamespace AS ServiceNamespace,
       s.ServiceVersion AS ServiceVersion, s.SampleType AS SampleType, s.SampleUnit AS SampleUnit, s.Timestamp AS Timestamp,
       s.DurationNano AS DurationNano, s.Value AS Value, s.Count AS Count, s.Threshold AS Threshold,
       stackhouseWeight(s.Value, s.Threshold) AS Weight, s.StackHash AS StackHash, s.ResourceHash AS ResourceHash,
       s.ThreadName AS ThreadName, s.Attributes AS Attributes, s.TraceId AS TraceId, s.SpanId AS SpanId,
       k.Frames AS Frames, k.SystemNames AS SystemNames, k.Files AS Files, k.Lines AS Lines, k.Mappings AS Mappings,
       k.BuildIds AS BuildIds, k.Addresses AS Addresses, k.FrameTypes AS FrameTypes, k.Inlined AS Inlined
FROM {database}.otel_profiles_samples_v1 AS s
ANY LEFT JOIN (SELECT Tenant, ServiceName, StackHash, Frames, SystemNames, Files, Lines, Mappings, BuildIds, Addresses, FrameTypes, Inlined
               FROM {database}.otel_profiles_stacks_v2) AS k
    ON s.Tenant = k.Tenant AND s.ServiceName = k.ServiceName AND s.StackHash = k.StackHash;

-- The columns of the Collector exporter's profiles, so that queries made for it work here. StackHash is ours.
CREATE OR REPLACE VIEW {database}.otel_profiles AS
SELECT s.Timestamp AS Timestamp, s.ProfileId AS ProfileId, s.SampleType AS SampleType, s.SampleUnit AS SampleUnit,
       s.ServiceName AS ServiceName, r.ResourceAttributes AS ResourceAttributes, r.ScopeName AS ScopeName, r.ScopeVersion AS ScopeVersion,
       s.ProfileAttributes AS ProfileAttributes,
       CAST(if(s.ThreadName = '', s.Attributes, mapConcat(s.Attributes, map('thread.name', s.ThreadName)))
            AS Map(LowCardinality(String), String)) AS SampleAttributes,
       s.StackHash AS StackHash, k.Addresses AS Addresses, k.Frames AS FunctionNames, k.Files AS FileNames,
       CAST(k.Lines AS Array(Int32)) AS LineNumbers, k.Mappings AS MappingFileNames, [s.Value] AS Values,
       if(s.DurationNano = 0, [toUInt64(toUnixTimestamp64Nano(s.Timestamp))], []) AS TimestampsUnixNano, s.DurationNano AS DurationNano,
       s.Period AS Period, s.PeriodType AS PeriodType, s.PeriodUnit AS PeriodUnit, s.TraceId AS TraceId, s.SpanId AS SpanId
FROM {database}.otel_profiles_samples_v1 AS s
ANY LEFT JOIN (SELECT Tenant, ServiceName, StackHash, Addresses, Frames, Files, Lines, Mappings
               FROM {database}.otel_profiles_stacks_v2) AS k
    ON s.Tenant = k.Tenant AND s.ServiceName = k.ServiceName AND s.StackHash = k.StackHash
ANY LEFT JOIN (SELECT Tenant, ServiceName, ResourceHash, ResourceAttributes, ScopeName, ScopeVersion
               FROM {database}.otel_profiles_resources_v1) AS r
    ON s.Tenant = r.Tenant AND s.ServiceName = r.ServiceName AND s.ResourceHash = r.ResourceHash;

-- What each stack took in a time, with its frames: what the views below are made of, and to be filtered by Tenant, Environment,
-- ServiceNamespace and ServiceVersion.
CREATE OR REPLACE VIEW {database}.otel_profiles_stack_sums AS
SELECT s.Tenant AS Tenant, s.Environment AS Environment, s.ServiceName AS ServiceName, s.ServiceNamespace AS ServiceNamespace,
       s.ServiceVersion AS ServiceVersion, s.SampleUnit AS SampleUnit, s.StackHash AS StackHash, s.Sum AS Value, s.Events AS Count,
       s.Rows AS Samples, s.OfVariance AS Variance, s.OfChance AS ByChance, s.OfSquares AS SquaredWeights,
       k.Leaf AS Leaf, k.Frames AS Frames, k.Files AS Files, k.Lines AS Lines, k.FrameTypes AS FrameTypes
FROM
(
    SELECT Tenant, Environment, ServiceName, ServiceNamespace, ServiceVersion, SampleUnit, StackHash,
           sum(stackhouseWeight(Value, Threshold)) AS Sum, sum(Count) AS Events, count() AS Rows,
           sumIf(toFloat64(Threshold) * (toFloat64(Threshold) - Value), Threshold > Value AND Threshold > 0) AS OfVariance,
           sumIf(toFloat64(Threshold), Threshold > Value AND Threshold > 0) AS OfChance,
           sum(pow(stackhouseWeight(Value, Threshold), 2)) AS OfSquares
    FROM {database}.otel_profiles_samples_v1
    WHERE SampleType = {type:String} AND ({service:String} = '' OR ServiceName = {service:String})
      AND Timestamp >= parseDateTime64BestEffort({from:String}, 9, 'UTC')
      AND Timestamp < parseDateTime64BestEffort({to:String}, 9, 'UTC')
    GROUP BY Tenant, Environment, ServiceName, ServiceNamespace, ServiceVersion, SampleUnit, StackHash
) AS s
ANY LEFT JOIN
(
    SELECT Tenant, ServiceName, StackHash, Leaf, Frames, Files, Lines, FrameTypes
    FROM {database}.otel_profiles_stacks_v2
    WHERE ({service:String} = '' OR ServiceName = {service:String})
      AND Month >= toStartOfMonth(parseDateTime64BestEffort({from:String}, 9, 'UTC'))
      AND Month <= toStartOfMonth(parseDateTime64BestEffort({to:String}, 9, 'UTC'))
) AS k
ON s.Tenant = k.Tenant AND s.ServiceName = k.ServiceName AND s.StackHash = k.StackHash;

-- The hottest functions: Self is what was spent in the function itself, Total with what it called; shares are of all that was
-- selected in the same unit. A function that is twice on a stack counts once.
CREATE OR REPLACE VIEW {database}.otel_profiles_top_functions AS
SELECT ServiceName, Function, SampleUnit, sumIf(Value, Position = 1) AS Self, sum(Value) AS Total,
       Self / any(All) AS SelfShare, Total / any(All) AS TotalShare
FROM
(
    SELECT ServiceName, SampleUnit, Value, All, Pair.1 AS Function, Pair.2 AS Position
    FROM
    (
        SELECT ServiceName, SampleUnit, Value, Frames, sum(Value) OVER (PARTITION BY SampleUnit) AS All
        FROM {database}.otel_profiles_stack_sums(type = {type:String}, service = {service:String}, from = {from:String}, to = {to:String})
    )
    ARRAY JOIN arrayMap((name, position) -> (name, position), arrayDistinct(Frames), arrayEnumerate(arrayDistinct(Frames))) AS Pair
)
GROUP BY ServiceName, SampleUnit, Function;

-- The hottest lines: where in its files a service spent its time.
CREATE OR REPLACE VIEW {database}.otel_profiles_top_lines AS
SELECT ServiceName, Place.1 AS Function, Place.2 AS File, Place.3 AS Line, SampleUnit,
       sumIf(Value, Position = 1) AS Self, sum(Value) AS Total
FROM
(
    SELECT ServiceName, SampleUnit, Value, arrayDistinct(arrayZip(Frames, Files, Lines)) AS Places, Place, Position
    FROM {database}.otel_profiles_stack_sums(type = {type:String}, service = {service:String}, from = {from:String}, to = {to:String})
    ARRAY JOIN arrayDistinct(arrayZip(Frames, Files, Lines)) AS Place,
               arrayEnumerate(arrayDistinct(arrayZip(Frames, Files, Lines))) AS Position
)
GROUP BY ServiceName, Place, SampleUnit;

-- Self time of functions with the 95 % interval and what tells how far to trust it, for data that were downsampled.
CREATE OR REPLACE VIEW {database}.otel_profiles_error_bars AS
SELECT ServiceName, Leaf AS Function, SampleUnit, toFloat64(sum(s.Value)) AS Self,
       stackhouseLow(Self, sum(s.Variance), sum(s.ByChance)) AS Low, stackhouseHigh(Self, sum(s.Variance), sum(s.ByChance)) AS High,
       if(Self = 0, 0, 100 * sqrt(sum(s.Variance)) / Self) AS ErrorPercent,
       if(sum(s.SquaredWeights) = 0, 0, pow(Self, 2) / sum(s.SquaredWeights)) AS EffectiveRows, sum(s.Samples) AS Samples
FROM {database}.otel_profiles_stack_sums(type = {type:String}, service = {service:String}, from = {from:String}, to = {to:String}) AS s
GROUP BY ServiceName, Leaf, SampleUnit;

-- Flame graph, folded: root;...;leaf and its value.
CREATE OR REPLACE VIEW {database}.otel_profiles_folded AS
SELECT stackhouseFolded(Frames) AS Stack, sum(s.Value) AS Value
FROM {database}.otel_profiles_stack_sums(type = {type:String}, service = {service:String}, from = {from:String}, to = {to:String}) AS s
GROUP BY Stack;

-- Flame graph as a nested set, depth first: the fields that Grafana's flame graph panel takes.
CREATE OR REPLACE VIEW {database}.otel_profiles_flamegraph AS
SELECT length(Path) AS level, if(empty(Path), 'total', Path[-1]) AS label, sum(Spent) AS value, sumIf(Spent, length(Path) = Depth) AS self
FROM
(
    SELECT s.Value AS Spent, length(Frames) AS Depth, arrayReverse(Frames) AS Down,
           arrayJoin(arrayMap(n -> arraySlice(Down, 1, n), range(length(Down) + 1))) AS Path
    FROM {database}.otel_profiles_stack_sums(type = {type:String}, service = {service:String}, from = {from:String}, to = {to:String}) AS s
)
GROUP BY Path
ORDER BY Path;

-- Who calls a function, and what share of the function's total comes from there; one level up. Function is '' where it is the root.
CREATE OR REPLACE VIEW {database}.otel_profiles_callers AS
SELECT ServiceName, SampleUnit, Caller, sum(Spent) AS Value
FROM
(
    SELECT ServiceName, SampleUnit, s.Value AS Spent,
           arrayJoin(arrayDistinct(arrayMap(i -> Frames[i + 1], arrayFilter(i -> Frames[i] = {function:String}, arrayEnumerate(Frames))))) AS Caller
    FROM {database}.otel_profiles_stack_sums(type = {type:String}, service = {service:String}, from = {from:String}, to = {to:String}) AS s
    WHERE has(Frames, {function:String})
)
GROUP BY ServiceName, SampleUnit, Caller;

-- What a function calls, one level down. Callee is '' for what it spent itself.
CREATE OR REPLACE VIEW {database}.otel_profiles_callees AS
SELECT ServiceName, SampleUnit, Callee, sum(Spent) AS Value
FROM
(
    SELECT ServiceName, SampleUnit, s.Value AS Spent,
           arrayJoin(arrayDistinct(arrayMap(i -> if(i = 1, '', Frames[i - 1]), arrayFilter(i -> Frames[i] = {function:String}, arrayEnumerate(Frames))))) AS Callee
    FROM {database}.otel_profiles_stack_sums(type = {type:String}, service = {service:String}, from = {from:String}, to = {to:String}) AS s
    WHERE has(Frames, {function:String})
)
GROUP BY ServiceName, SampleUnit, Callee;

-- Which services and versions call a function, from the hours: wide and long. from and to are widened to whole hours.
CREATE OR REPLACE VIEW {database}.otel_profiles_who_calls AS
SELECT h.Tenant AS Tenant, h.Environment AS Environment, h.ServiceName AS ServiceName, h.ServiceVersion AS ServiceVersion,
       h.SampleType AS SampleType, h.SampleUnit AS SampleUnit, sum(h.Value) AS Value, uniqExact(h.StackHash) AS Stacks,
       min(h.Hour) AS FirstHour, max(h.Hour) AS LastHour
FROM {database}.otel_profiles_1h_v1 AS h
WHERE h.Hour >= toStartOfHour(parseDateTime64BestEffort({from:String}, 9, 'UTC'))
  AND h.Hour < parseDateTime64BestEffort({to:String}, 9, 'UTC')
  AND (h.Tenant, h.ServiceName, h.StackHash) IN
  (
      SELECT Tenant, ServiceName, StackHash
      FROM {database}.otel_profiles_stacks_v2
      WHERE has(Frames, {function:String})
        AND Month >= toStartOfMonth(parseDateTime64BestEffort({from:String}, 9, 'UTC'))
        AND Month <= toStartOfMonth(parseDateTime64BestEffort({to:String}, 9, 'UTC'))
  )
GROUP BY Tenant, Environment, ServiceName, ServiceVersion, SampleType, SampleUnit;

-- Two versions, or two times, side by side, by names: each share is of its own side's sum, so that unlike lengths and loads compare.
-- A version of '' takes all. Delta is the change of TotalShare.
CREATE OR REPLACE VIEW {database}.otel_profiles_diff AS
SELECT Function, File, Line, sumIf(Base, Position = 1) / any(BaseAll) AS BaseSelf, sumIf(Other, Position = 1) / any(OtherAll) AS OtherSelf,
       sum(Base) / any(BaseAll) AS BaseTotal, sum(Other) / any(OtherAll) AS OtherTotal,
       OtherSelf - BaseSelf AS SelfDelta, OtherTotal - BaseTotal AS TotalDelta
FROM
(
    SELECT Base, Other, BaseAll, OtherAll, Place.1 AS Function, Place.2 AS File, Place.3 AS Line, Position
    FROM
    (
        SELECT Frames, Files, Lines, Base, Other, greatest(sum(Base) OVER (), 1) AS BaseAll, greatest(sum(Other) OVER (), 1) AS OtherAll
        FROM
        (
            SELECT Frames, Files, Lines, sumIf(Spent, Side = 0) AS Base, sumIf(Spent, Side = 1) AS Other
            FROM
            (
                SELECT 0 AS Side, Frames, Files, Lines, b.Value AS Spent
                FROM {database}.otel_profiles_stack_sums(type = {type:String}, service = {service:String}, from = {base_from:String}, to = {base_to:String}) AS b
                WHERE {base_version:String} = '' OR ServiceVersion = {base_version:String}
                UNION ALL
                SELECT 1 AS Side, Frames, Files, Lines, o.Value AS Spent
                FROM {database}.otel_profiles_stack_sums(type = {type:String}, service = {service:String}, from = {other_from:String}, to = {other_to:String}) AS o
                WHERE {other_version:String} = '' OR ServiceVersion = {other_version:String}
            )
            GROUP BY Frames, Files, Lines
        )
    )
    ARRAY JOIN arrayDistinct(if({lines:UInt8} = 1, arrayZip(Frames, Files, Lines), arrayMap(f -> (f, '', toUInt32(0)), Frames))) AS Place,
               arrayEnumerate(arrayDistinct(if({lines:UInt8} = 1, arrayZip(Frames, Files, Lines), arrayMap(f -> (f, '', toUInt32(0)), Frames)))) AS Position
)
GROUP BY Function, File, Line;

-- What services cost over time, by the exact totals: Cores is how many CPUs were busy on average in each step. step: seconds.
CREATE OR REPLACE VIEW {database}.otel_profiles_cost AS
SELECT toStartOfInterval(Minute, toIntervalSecond({step:UInt32})) AS Time, Tenant, Environment, ServiceName, ServiceVersion, SampleType,
       sum(t.Value) / 1e9 AS Seconds, Seconds / {step:UInt32} AS Cores, sum(t.Kept) AS Kept, sqrt(sum(t.Variance)) / 1e9 AS ErrorSeconds
FROM {database}.otel_profiles_totals_1m_v1 AS t
WHERE SampleUnit = 'nanoseconds' AND SampleType = {type:String} AND ({service:String} = '' OR ServiceName = {service:String})
  AND Minute >= toStartOfMinute(parseDateTime64BestEffort({from:String}, 9, 'UTC'))
  AND Minute < parseDateTime64BestEffort({to:String}, 9, 'UTC')
GROUP BY Time, Tenant, Environment, ServiceName, ServiceVersion, SampleType;

-- What ran, and what waited: each function's time on a CPU beside its time off it, both with what it called.
CREATE OR REPLACE VIEW {database}.otel_profiles_on_off_cpu AS
SELECT ServiceName, Function, sumIf(Spent, Type = 'cpu') / 1e9 AS OnCpuSeconds, sumIf(Spent, Type = 'off_cpu') / 1e9 AS OffCpuSeconds
FROM
(
    SELECT 'cpu' AS Type, ServiceName, s.Value AS Spent, arrayJoin(arrayDistinct(Frames)) AS Function
    FROM {database}.otel_profiles_stack_sums(type = 'cpu', service = {service:String}, from = {from:String}, to = {to:String}) AS s
    WHERE SampleUnit = 'nanoseconds'
    UNION ALL
    SELECT 'off_cpu' AS Type, ServiceName, s.Value AS Spent, arrayJoin(arrayDistinct(Frames)) AS Function
    FROM {database}.otel_profiles_stack_sums(type = 'off_cpu', service = {service:String}, from = {from:String}, to = {to:String}) AS s
    WHERE SampleUnit = 'nanoseconds'
)
GROUP BY ServiceName, Function;

-- The samples of a trace, in all services, with their stacks; a span's are those with its SpanId.
CREATE OR REPLACE VIEW {database}.otel_profiles_trace AS
WITH traced AS
(
    SELECT * FROM {database}.otel_profiles_traced_v1 WHERE TraceId = {trace_id:String}
)
SELECT t.Tenant AS Tenant, t.Environment AS Environment, t.ServiceName AS ServiceName, t.ServiceVersion AS ServiceVersion, t.TraceId AS TraceId,
       t.SpanId AS SpanId, t.Timestamp AS Timestamp, t.ThreadName AS ThreadName, t.SampleType AS SampleType, t.SampleUnit AS SampleUnit,
       t.Value AS Value, t.Count AS Count, stackhouseWeight(t.Value, t.Threshold) AS Weight, t.StackHash AS StackHash,
       k.Frames AS Frames, k.Files AS Files, k.Lines AS Lines
FROM traced AS t
ANY LEFT JOIN
(
    SELECT Tenant, ServiceName, StackHash, Frames, Files, Lines
    FROM {database}.otel_profiles_stacks_v2
    WHERE (Tenant, ServiceName, StackHash) IN (SELECT Tenant, ServiceName, StackHash FROM traced)
) AS k
ON t.Tenant = k.Tenant AND t.ServiceName = k.ServiceName AND t.StackHash = k.StackHash;
