package io.stackhouse.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Asks one ClickHouse server over its HTTP interface.
 *
 * <p>Threads: any. User and password, where a server wants them, come from the environment ({@code CLICKHOUSE_USER}, {@code CLICKHOUSE_PASSWORD}).
 */
final class ClickHouseHttp {

    static final String DATABASE = "otel";

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);
    private static final int OK = 200;
    private static final int MAX_ERROR_CHARACTERS = 4000;

    private final URI endpoint;
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT).build();

    ClickHouseHttp(URI endpoint) {
        this.endpoint = endpoint;
    }

    URI endpoint() {
        return endpoint;
    }

    /** Whether a ClickHouse answers there at all. */
    boolean isReachable() {
        try {
            HttpRequest ping = HttpRequest.newBuilder(endpoint.resolve("/ping"))
                    .timeout(CONNECT_TIMEOUT)
                    .build();
            return client.send(ping, HttpResponse.BodyHandlers.ofString())
                    .body()
                    .startsWith("Ok.");
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /**
     * Runs one query. The answer begins only once the query has succeeded, so that an error is never in the middle of it.
     *
     * @param settings ClickHouse settings, query parameters (as {@code param_name}) and {@code database}
     * @return the answer; the caller closes it
     * @throws QueryException when ClickHouse refuses the query or fails in it
     * @throws ConnectException when nobody answers
     */
    InputStream query(String sql, Map<String, String> settings) throws IOException {
        Map<String, String> all = new LinkedHashMap<>(settings);
        all.put("wait_end_of_query", "1");
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(endpoint + "/?" + encode(all)))
                .POST(HttpRequest.BodyPublishers.ofString(sql));
        addCredentials(request);
        HttpResponse<InputStream> response = send(request.build());
        if (response.statusCode() == OK) {
            return response.body();
        }
        try (InputStream body = response.body()) {
            String message = new String(body.readNBytes(MAX_ERROR_CHARACTERS), StandardCharsets.UTF_8);
            throw new QueryException(
                    response.headers().firstValue("X-ClickHouse-Exception-Code").orElse(""), message.trim());
        }
    }

    /** As {@link #query}, for small answers: tab-separated lines. */
    List<String> lines(String sql, Map<String, String> settings) throws IOException {
        try (InputStream answer = query(sql, settings)) {
            return new String(answer.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        }
    }

    boolean hasDatabase(String name) throws IOException {
        return !lines("SELECT 1 FROM system.databases WHERE name = {name:String}", Map.of("param_name", name))
                .isEmpty();
    }

    private HttpResponse<InputStream> send(HttpRequest request) throws IOException {
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofInputStream());
        } catch (HttpConnectTimeoutException e) {
            ConnectException failure = new ConnectException("no answer within " + CONNECT_TIMEOUT.toSeconds() + " s");
            failure.initCause(e);
            throw failure;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for ClickHouse", e);
        }
    }

    private static void addCredentials(HttpRequest.Builder request) {
        String user = System.getenv("CLICKHOUSE_USER");
        String password = System.getenv("CLICKHOUSE_PASSWORD");
        if (user != null) {
            request.header("X-ClickHouse-User", user);
        }
        if (password != null) {
            request.header("X-ClickHouse-Key", password);
        }
    }

    private static String encode(Map<String, String> parameters) {
        return parameters.entrySet().stream()
                .map(each -> each.getKey() + "=" + URLEncoder.encode(each.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }
}
