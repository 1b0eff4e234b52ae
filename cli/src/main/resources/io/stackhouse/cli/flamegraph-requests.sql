-- The stacks of an endpoint's slowest requests, root first.
SELECT '0', toString(sum(Value)), arrayStringConcat(arrayReverse(Frames), '\x01')
FROM otel.otel_traces_slow_stacks(service = {service:String}, span = {request:String}, share = {share:Float64}, type = {type:String},
    from = {from:String}, to = {to:String})
GROUP BY Frames
