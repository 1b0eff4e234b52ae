package io.stackhouse.collector.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.stackhouse.pipeline.otlp.ExportResponses;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/** A next hop over HTTP that answers as it is told, and stands still when it is told. */
public final class MoodyServer implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Supplier<Mood> moods;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean isStill;
    private int standing;

    /** What becomes of a request. */
    public enum Mood {
        TAKES,
        /** Takes it but for one span. */
        REJECTS_ONE,
        NOT_NOW,
        NEVER,
        HANGS_UP
    }

    public MoodyServer(Supplier<Mood> moods) throws IOException {
        this.moods = moods;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    public int port() {
        return server.getAddress().getPort();
    }

    /** From now on nobody gets an answer. */
    public void standStill() {
        lock.lock();
        try {
            isStill = true;
        } finally {
            lock.unlock();
        }
    }

    /** Answers again. */
    public void goOn() {
        lock.lock();
        try {
            isStill = false;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Requests without an answer while it stands still. */
    public int standing() {
        lock.lock();
        try {
            return standing;
        } finally {
            lock.unlock();
        }
    }

    private void handle(HttpExchange exchange) throws IOException {
        exchange.getRequestBody().readAllBytes();
        awaitTurn();
        switch (moods.get()) {
            case TAKES -> answer(exchange, 200, ExportResponses.success());
            case REJECTS_ONE -> answer(exchange, 200, ExportResponses.partialSuccess(1, "one is odd"));
            case NOT_NOW -> answer(exchange, 503, new byte[0]);
            case NEVER -> answer(exchange, 400, new byte[0]);
            case HANGS_UP -> exchange.close();
        }
    }

    private void awaitTurn() {
        lock.lock();
        try {
            standing++;
            while (isStill) {
                changed.awaitUninterruptibly();
            }
            standing--;
        } finally {
            lock.unlock();
        }
    }

    private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @Override
    public void close() {
        goOn();
        server.stop(0);
        threads.shutdownNow();
    }
}
