package io.stackhouse.threadcontext;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.instrumentation.api.semconv.http.HttpServerRoute;
import io.opentelemetry.instrumentation.api.semconv.http.HttpServerRouteSource;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A program of tests that knows of OpenTelemetry no more than the API: a server, which asks itself, whose handler answers with whether its thread
 * shows the span that is current, and with which route: at first, inside a span below it after a framework (played by the handler) has named the
 * route, and after that span. The Java agent makes the request's span.
 */
@SuppressWarnings("try") // scopes are there to be closed
public final class TracedServer {
    private TracedServer() {}

    /** Prints a line for each request, and the process context's. */
    public static void main(String[] arguments) throws Exception {
        // A second copy of the library, in the application's class loader, reads what the agent's extension writes.
        if (NativeLibrary.failure() != null) {
            throw new AssertionError(NativeLibrary.failure());
        }
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        server.setExecutor(threads);
        server.createContext("/orders", TracedServer::answer);
        server.start();
        String address = "http://127.0.0.1:" + server.getAddress().getPort() + "/orders/17";
        for (int i = 0; i < 20; i++) {
            HttpURLConnection connection =
                    (HttpURLConnection) URI.create(address).toURL().openConnection();
            System.out.println(new String(connection.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        }
        server.stop(0);
        threads.submit(() -> System.out.println("afterwards " + Published.here()))
                .get();
        threads.shutdown();
        PublishedProcess process = PublishedProcess.read("self");
        System.out.println("process " + process.resource().get("service.name") + " " + process.schema() + " "
                + process.keys() + " " + process.resource().containsKey("service.instance.id"));
    }

    private static void answer(HttpExchange exchange) throws IOException {
        StringBuilder line = new StringBuilder(shown());
        HttpServerRoute.update(Context.current(), HttpServerRouteSource.CONTROLLER, "/orders/{id}");
        Span below = GlobalOpenTelemetry.getTracer("test").spanBuilder("below").startSpan();
        try (Scope ignored = below.makeCurrent()) {
            line.append(", below: ").append(shown());
        }
        below.end();
        line.append(", again: ").append(shown());
        byte[] body = line.toString().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private static String shown() {
        SpanContext span = Span.current().getSpanContext();
        Published shown = Published.here();
        boolean isSame = span.isValid()
                && shown != null
                && shown.traceId().equals(span.getTraceId())
                && shown.spanId().equals(span.getSpanId())
                && shown.flags() == span.getTraceFlags().asByte();
        return isSame ? "same " + shown.attributes().get(0) : span + " but " + shown;
    }
}
