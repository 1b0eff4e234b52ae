-- The stacks of a trace, root first.
SELECT '0', toString(sum(Weight)), arrayStringConcat(arrayReverse(Frames), '\x01')
FROM otel.otel_profiles_trace(trace_id = {trace:String})
WHERE SampleType = {type:String} AND ({service:String} = '' OR ServiceName = {service:String}) AND ({span:String} = '' OR SpanId = {span:String})
GROUP BY Frames
