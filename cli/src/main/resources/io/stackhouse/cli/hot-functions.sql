-- The functions with the most CPU time of their own, as shares of all CPU time sampled in the time asked for.
-- Stacks may be stored more than once, hence ANY (LEFT, since ANY INNER also drops repeated keys of the left side).
-- A stack's frames come leaf first; a function that is on a stack twice (recursion) counts once.
WITH
    sampled AS
    (
        SELECT ServiceName, StackHash, sum(Value) AS Cpu
        FROM otel.otel_profiles_samples
        WHERE SampleType = 'cpu'
          AND Timestamp > now64(9) - toIntervalSecond({seconds:UInt32})
          AND ({service:String} = '' OR ServiceName = {service:String})
        GROUP BY ServiceName, StackHash
    ),
    (SELECT sum(Cpu) FROM sampled) AS AllCpu
SELECT
    Service,
    Function,
    round(100 * sumIf(Cpu, Position = 1) / AllCpu, 2) AS SelfPercent,
    round(100 * sum(Cpu) / AllCpu, 2) AS TotalPercent
FROM
(
    SELECT
        s.ServiceName AS Service,
        s.Cpu AS Cpu,
        arrayDistinct(k.Frames) AS Functions,
        arrayJoin(arrayZip(Functions, arrayEnumerate(Functions))) AS Pair,
        Pair.1 AS Function,
        Pair.2 AS Position
    FROM sampled AS s
    ANY LEFT JOIN
    (
        SELECT StackHash, Frames
        FROM otel.otel_profiles_stacks
        WHERE StackHash IN (SELECT StackHash FROM sampled)
    ) AS k ON s.StackHash = k.StackHash
)
GROUP BY Service, Function
ORDER BY SelfPercent DESC, TotalPercent DESC, Service, Function
LIMIT {limit:UInt32}
