package io.stackhouse.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Asks one ClickHouse server over its HTTP interface.
 *
 * <p>Threads: any. User and password, where a server wants them, come from the environment ({@code CLICKHOUSE_USER}, {@code CLICKHOUSE_PASSWORD}). Each question has
 * a connection of its own, closed with its answer: a server that is about to stop would wait for an idle one.
 */
public final class ClickHouseHttp {

    public static final String DATABASE = "otel";

    private static final int CONNECT_MILLIS = 3000;
    private static final int PING_MILLIS = 3000;
    private static final int OK = 200;
    private static final int MAX_ERROR_BYTES = 4000;
    private static final int PING_BYTES = 3;

    private final URI endpoint;

    public ClickHouseHttp(URI endpoint) {
        this.endpoint = endpoint;
    }

    public URI endpoint() {
        return endpoint;
    }

    /** Whether a ClickHouse answers there at all. */
    public boolean isReachable() {
        try {
            HttpURLConnection connection = open("/ping");
            connection.setReadTimeout(PING_MILLIS);
            try (InputStream answer = connection.getInputStream()) {
                return new String(answer.readNBytes(PING_BYTES), StandardCharsets.US_ASCII).equals("Ok.");
            }
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Runs one query. The answer begins only once the query has succeeded, so that an error is never in the middle of it.
     *
     * @param settings ClickHouse settings, query parameters (as {@code param_name}) and {@code database}
     * @return the answer; the caller closes it
     * @throws QueryException when ClickHouse refuses the query or fails in it
     * @throws IOException when nobody answers
     */
    public InputStream query(String sql, Map<String, String> settings) throws IOException {
        Map<String, String> all = new LinkedHashMap<>(settings);
        all.put("wait_end_of_query", "1");
        HttpURLConnection connection = open("/?" + encode(all));
        addCredentials(connection);
        byte[] body = sql.getBytes(StandardCharsets.UTF_8);
        connection.setDoOutput(true);
        connection.setFixedLengthStreamingMode(body.length);
        try (OutputStream out = connection.getOutputStream()) {
            out.write(body);
        }
        if (connection.getResponseCode() == OK) {
            return connection.getInputStream();
        }
        throw failure(connection);
    }

    /** As {@link #query}, for small answers: tab-separated lines. */
    public List<String> lines(String sql, Map<String, String> settings) throws IOException {
        try (InputStream answer = query(sql, settings)) {
            return new String(answer.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        }
    }

    public boolean hasDatabase(String name) throws IOException {
        return !lines("SELECT 1 FROM system.databases WHERE name = {name:String}", Map.of("param_name", name))
                .isEmpty();
    }

    private HttpURLConnection open(String pathAndQuery) throws IOException {
        if (!(URI.create(endpoint + pathAndQuery).toURL().openConnection() instanceof HttpURLConnection connection)) {
            throw new IOException(endpoint + " is not an address of HTTP");
        }
        connection.setConnectTimeout(CONNECT_MILLIS);
        connection.setRequestProperty("Connection", "close");
        return connection;
    }

    private static QueryException failure(HttpURLConnection connection) throws IOException {
        String code = connection.getHeaderField("X-ClickHouse-Exception-Code");
        try (InputStream body = connection.getErrorStream()) {
            String message = body == null
                    ? "HTTP status " + connection.getResponseCode()
                    : new String(body.readNBytes(MAX_ERROR_BYTES), StandardCharsets.UTF_8);
            return new QueryException(code == null ? "" : code, message.trim());
        }
    }

    private static void addCredentials(HttpURLConnection connection) {
        String user = System.getenv("CLICKHOUSE_USER");
        String password = System.getenv("CLICKHOUSE_PASSWORD");
        if (user != null) {
            connection.setRequestProperty("X-ClickHouse-User", user);
        }
        if (password != null) {
            connection.setRequestProperty("X-ClickHouse-Key", password);
        }
    }

    private static String encode(Map<String, String> parameters) {
        return parameters.entrySet().stream()
                .map(each -> each.getKey() + "=" + URLEncoder.encode(each.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }
}
