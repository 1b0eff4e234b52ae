package io.stackhouse.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Reads the hottest functions with the query of {@code hot-functions.sql}. Threads: any. */
final class HotFunctions {

    private static final int COLUMNS = 4;

    private final ClickHouseHttp server;
    private final String sql;

    HotFunctions(ClickHouseHttp server) {
        this.server = server;
        this.sql = query();
    }

    /**
     * The hottest of the time before now; empty when nothing was stored yet.
     *
     * @param service one service, or empty for all
     */
    List<HotFunction> read(Duration last, String service, int limit) throws IOException {
        Map<String, String> parameters = Map.of(
                "param_seconds", Long.toString(last.toSeconds()),
                "param_service", TabSeparated.escape(service),
                "param_limit", Integer.toString(limit));
        try {
            List<HotFunction> functions = new ArrayList<>();
            for (String line : server.lines(sql, parameters)) {
                functions.add(parse(line));
            }
            return functions;
        } catch (QueryException e) {
            if (e.saysThatNothingIsStoredYet()) {
                return List.of();
            }
            throw e;
        }
    }

    static HotFunction parse(String line) {
        String[] fields = line.split("\t", -1);
        if (fields.length != COLUMNS) {
            throw new IllegalStateException("expected " + COLUMNS + " columns from ClickHouse: " + line);
        }
        return new HotFunction(
                TabSeparated.unescape(fields[0]),
                TabSeparated.unescape(fields[1]),
                Double.parseDouble(fields[2]),
                Double.parseDouble(fields[3]));
    }

    static String query() {
        try (InputStream resource = Objects.requireNonNull(
                HotFunctions.class.getResourceAsStream("hot-functions.sql"), "hot-functions.sql is not in the jar")) {
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("could not read hot-functions.sql", e);
        }
    }
}
