package io.stackhouse.collector.admin;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.stackhouse.collector.config.TelemetryConfig;
import io.stackhouse.pipeline.PortTakenException;
import io.stackhouse.receiver.Listening;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves small pages by the JDK's HTTP server, which is good enough for them: {@value #THREADS} threads, {@value #WAITING} connections
 * that wait, a bounded time for a request and an answer, GET and HEAD alone, exact paths. Connections beyond that are closed.
 *
 * <p>Threads: {@link #start} and {@link #close} by one; pages are made on the server's own.
 */
final class PageServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PageServer.class);
    private static final int THREADS = 2;
    private static final int WAITING = 32;

    private final String name;
    private final TelemetryConfig.Address address;
    private final Map<String, Page> pages;
    private final HttpServer server;
    private final ThreadPoolExecutor threads;

    /** What a path answers. */
    @FunctionalInterface
    interface Page {
        Answer answer();
    }

    /** Status, content type and text. */
    record Answer(int status, String contentType, String text) {}

    /**
     * Listens.
     *
     * @throws PortTakenException when it can't
     */
    static PageServer start(String name, TelemetryConfig.Address address, Map<String, Page> pages) {
        HttpServerLimits.apply();
        try {
            InetAddress host = InetAddress.getAllByName(address.host())[0];
            return new PageServer(
                    name, address, pages, HttpServer.create(new InetSocketAddress(host, address.port()), WAITING));
        } catch (IOException e) {
            throw new PortTakenException(
                    "can't listen on " + address.host() + ":" + address.port() + ": " + e.getMessage()
                            + "; set endpoint to another address",
                    address.port(),
                    e);
        }
    }

    private PageServer(String name, TelemetryConfig.Address address, Map<String, Page> pages, HttpServer server) {
        this.name = name;
        this.address = address;
        this.pages = Map.copyOf(pages);
        this.server = server;
        AtomicInteger count = new AtomicInteger();
        threads = new ThreadPoolExecutor(
                THREADS, THREADS, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(WAITING), task -> {
                    Thread thread = new Thread(task, name + "-" + count.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    Listening.Port listening() {
        return new Listening.Port("http", address.host(), port());
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Answer answer = answer(exchange);
            byte[] body = answer.text().getBytes(StandardCharsets.UTF_8);
            var headers = exchange.getResponseHeaders();
            headers.set("Content-Type", answer.contentType() + "; charset=utf-8");
            headers.set("Cache-Control", "no-store");
            headers.set("X-Content-Type-Options", "nosniff");
            headers.set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'");
            boolean isHead = exchange.getRequestMethod().equals("HEAD");
            exchange.sendResponseHeaders(answer.status(), isHead || body.length == 0 ? -1 : body.length);
            if (!isHead) {
                try (OutputStream out = exchange.getResponseBody()) {
                    out.write(body);
                }
            }
        }
    }

    private Answer answer(HttpExchange exchange) {
        if (!exchange.getRequestMethod().equals("GET")
                && !exchange.getRequestMethod().equals("HEAD")) {
            return new Answer(405, "text/plain", "only GET and HEAD\n");
        }
        Page page = pages.get(exchange.getRequestURI().getPath());
        if (page == null) {
            return new Answer(404, "text/plain", "no such page\n");
        }
        try {
            return page.answer();
        } catch (RuntimeException e) {
            LOG.error("{} at {}:{} can't make a page", name, address.host(), address.port(), e);
            return new Answer(500, "text/plain", "this page failed; the log says why\n");
        }
    }

    @Override
    public void close() {
        server.stop(0);
        var unused = threads.shutdownNow();
    }
}
