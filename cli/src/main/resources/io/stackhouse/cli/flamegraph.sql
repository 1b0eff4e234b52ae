-- The stacks of a service, root first, with what each took on both sides; the base side is asked for only when there is one.
SELECT toString(Side), toString(sum(Spent)), arrayStringConcat(arrayReverse(Frames), '\x01')
FROM
(
    SELECT 0 AS Side, Frames, s.Value AS Spent
    FROM otel.otel_profiles_stack_sums(type = {type:String}, service = {service:String}, from = {from:String}, to = {to:String}) AS s
    WHERE {version:String} = '' OR ServiceVersion = {version:String}
    UNION ALL
    SELECT 1 AS Side, Frames, b.Value AS Spent
    FROM otel.otel_profiles_stack_sums(type = {type:String}, service = {service:String}, from = {base_from:String}, to = {base_to:String}) AS b
    WHERE {has_base:UInt8} = 1 AND ({base_version:String} = '' OR ServiceVersion = {base_version:String})
)
GROUP BY Side, Frames
