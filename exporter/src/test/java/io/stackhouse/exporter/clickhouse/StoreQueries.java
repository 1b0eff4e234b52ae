package io.stackhouse.exporter.clickhouse;

import java.util.List;

/** The questions of the comparison, asked of our views and of the Collector exporter's table; both must give the same. */
final class StoreQueries {
    private StoreQueries() {}

    record Pair(String name, String ours, String theirs) {}

    static List<Pair> all(String from, String to, String trace, String function) {
        String view = "(type = 'cpu', service = 'checkout', from = '" + from + "', to = '" + to + "')";
        String flat =
                " FROM theirs.otel_profiles WHERE ServiceName = 'checkout' AND SampleType = 'cpu' AND Timestamp >= '"
                        + from + "' AND Timestamp < '" + to + "'";
        return List.of(
                new Pair(
                        "top functions",
                        "SELECT Function, Self, Total FROM ours.otel_profiles_top_functions" + view
                                + " ORDER BY Total DESC, Function LIMIT 100",
                        "SELECT f, sumIf(v, p = 1) AS Self, sum(v) AS Total FROM (SELECT Values[1] AS v, arrayDistinct(FunctionNames) AS d"
                                + flat
                                + ") ARRAY JOIN d AS f, arrayEnumerate(d) AS p GROUP BY f ORDER BY Total DESC, f LIMIT 100"),
                new Pair(
                        "flame graph",
                        "SELECT Stack, Value FROM ours.otel_profiles_folded" + view,
                        "SELECT arrayStringConcat(arrayReverse(FunctionNames), ';') AS Stack, sum(Values[1])" + flat
                                + " GROUP BY Stack"),
                diff(from, to, flat),
                new Pair(
                        "cost over time",
                        "SELECT Time, ServiceName, round(sum(Seconds), 6) FROM ours.otel_profiles_cost(type = 'cpu', service = '', from = '"
                                + from + "', to = '" + to + "', step = 60) GROUP BY 1, 2",
                        "SELECT toStartOfMinute(Timestamp) AS Time, ServiceName, round(sum(Values[1]) / 1e9, 6) FROM theirs.otel_profiles WHERE"
                                + " SampleType = 'cpu' AND Timestamp >= '" + from + "' AND Timestamp < '" + to
                                + "' GROUP BY 1, 2"),
                new Pair(
                        "who calls X",
                        "SELECT ServiceName, SampleType, sum(Value) FROM ours.otel_profiles_who_calls(function = '"
                                + function + "', from = '" + from + "', to = '" + to + "') GROUP BY 1, 2",
                        "SELECT ServiceName, SampleType, sum(Values[1]) FROM theirs.otel_profiles WHERE hasAllTokens(FunctionNames, '"
                                + function.substring(function.lastIndexOf('.') + 1) + "') AND has(FunctionNames, '"
                                + function
                                + "') AND Timestamp >= '" + from + "' AND Timestamp < '" + to + "' GROUP BY 1, 2"),
                new Pair(
                        "samples of a trace",
                        "SELECT SpanId, toUnixTimestamp64Nano(Timestamp), SampleType, Value, Frames FROM ours.otel_profiles_trace(trace_id = '"
                                + trace + "')",
                        "SELECT SpanId, toUnixTimestamp64Nano(Timestamp), SampleType, Values[1], FunctionNames FROM theirs.otel_profiles"
                                + " WHERE TraceId = '" + trace + "'"));
    }

    /** Shares of each function in two versions, as whole millionths, so that both add up in the same way. */
    private static Pair diff(String from, String to, String flat) {
        return new Pair(
                "version diff",
                "SELECT Function, round(BaseTotal * 1e6), round(OtherTotal * 1e6) FROM ours.otel_profiles_diff(type = 'cpu',"
                        + " service = 'checkout', lines = 0, base_version = '1.7.3', base_from = '" + from
                        + "', base_to = '" + to
                        + "', other_version = '1.8.0', other_from = '" + from + "', other_to = '" + to + "')",
                "WITH (SELECT (sumIf(Values[1], ResourceAttributes['service.version'] = '1.7.3'),"
                        + " sumIf(Values[1], ResourceAttributes['service.version'] = '1.8.0'))" + flat + ") AS a"
                        + " SELECT f, round(sumIf(v, ver = '1.7.3') / a.1 * 1e6), round(sumIf(v, ver = '1.8.0') / a.2 * 1e6)"
                        + " FROM (SELECT Values[1] AS v, ResourceAttributes['service.version'] AS ver, arrayDistinct(FunctionNames) AS d"
                        + flat + ") ARRAY JOIN d AS f GROUP BY f");
    }
}
