package io.stackhouse.it;

import io.stackhouse.clickhouse.embedded.EmbeddedClickHouse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A real ClickHouse and a real collector with the quick start's configuration, on free loopback ports; an agent when asked for.
 * Everything ends at {@link #close}, upstream first.
 */
final class Deployment implements AutoCloseable {
    private final Path folder;
    private final EmbeddedClickHouse clickHouse;
    private final Part collector;
    private final int grpcPort;
    private final int httpPort;
    private final List<Part> agents = new ArrayList<>();
    private final HttpClient client = HttpClient.newHttpClient();

    private Deployment(Path folder) throws IOException {
        this.folder = folder;
        Requirement.check(EmbeddedClickHouse.isAvailable(), "libchdb (./stackhouse setup fetches it)");
        this.clickHouse = EmbeddedClickHouse.start(folder.resolve("data"));
        int[] ports = freePorts(3);
        this.grpcPort = ports[0];
        this.httpPort = ports[1];
        this.collector = Part.start(
                        ProjectFiles.program(
                                "collector-config",
                                "io.stackhouse.collector.Main",
                                List.of(
                                        "run",
                                        "--config",
                                        ProjectFiles.root()
                                                .resolve("collector-config/src/main/dist/quickstart.yaml")
                                                .toString(),
                                        "--exit-with-stdin")),
                        Map.of(
                                "STACKHOUSE_CLICKHOUSE_ENDPOINT",
                                        clickHouse.endpoint().toString(),
                                "STACKHOUSE_OTLP_GRPC_PORT", Integer.toString(grpcPort),
                                "STACKHOUSE_OTLP_HTTP_PORT", Integer.toString(httpPort),
                                "STACKHOUSE_METRICS_PORT", Integer.toString(ports[2]),
                                "STACKHOUSE_DATA", folder.toString()),
                        folder.resolve("collector.log"))
                .awaitOutput("collector is ready");
    }

    static Deployment start(Path folder) throws IOException {
        Files.createDirectories(folder);
        return new Deployment(folder);
    }

    /** Starts an agent that sends to this collector. */
    Part startAgent(String... options) {
        return startAgentWithMetrics("off", options);
    }

    /** The same, and it shows its metrics there. */
    Part startAgentWithMetrics(String listen, String... options) {
        List<String> arguments =
                new ArrayList<>(List.of("--endpoint", grpcEndpoint(), "--exit-with-stdin", "--metrics-listen", listen));
        arguments.addAll(Arrays.asList(options));
        Part agent = Part.start(
                        ProjectFiles.program("bpf-agent", "io.stackhouse.agent.AgentMain", arguments),
                        Map.of("MALLOC_ARENA_MAX", "2"),
                        folder.resolve("agent-" + agents.size() + ".log"))
                .awaitOutput("Sampling every process");
        agents.add(agent);
        return agent;
    }

    String grpcEndpoint() {
        return "http://127.0.0.1:" + grpcPort;
    }

    String httpEndpoint() {
        return "http://127.0.0.1:" + httpPort;
    }

    /** Rows of the answer as tab-separated lines. */
    List<String> sql(String query) {
        return answer(query, "TabSeparated");
    }

    /** The answer's lines in one of ClickHouse's formats. */
    List<String> answer(String query, String format) {
        try {
            HttpResponse<String> response = client.send(
                    HttpRequest.newBuilder(URI.create(clickHouse.endpoint() + "/?database=otel"))
                            .timeout(Duration.ofSeconds(30))
                            .POST(HttpRequest.BodyPublishers.ofString(query + " FORMAT " + format))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw new AssertionError(response.body());
            }
            return response.body().lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    double number(String query) {
        return Double.parseDouble(sql(query).get(0));
    }

    String collectorLog() {
        return collector.output();
    }

    static int[] freePorts(int count) throws IOException {
        ServerSocket[] sockets = new ServerSocket[count];
        int[] ports = new int[count];
        for (int i = 0; i < count; i++) {
            sockets[i] = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            ports[i] = sockets[i].getLocalPort();
        }
        for (ServerSocket socket : sockets) {
            socket.close();
        }
        return ports;
    }

    @Override
    public void close() {
        for (Part agent : agents) {
            agent.close();
        }
        collector.close();
        clickHouse.close();
    }
}
