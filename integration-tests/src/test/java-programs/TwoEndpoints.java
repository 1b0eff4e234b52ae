import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URL;
import java.time.Instant;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A service with two endpoints of known and different CPU cost: /cheap burns 20 ms of a thread's CPU time, /costly 60 ms, of which a span
 * below it has 24. It measures by itself what each took. /figures gives "requests nanoseconds" of cheap, then of costly.
 * Requests are served by threads named request-1 and so on from /begin on; before, /warm serves for what is not to be measured.
 *
 * <p>With the argument "sdk" it makes its spans with the OpenTelemetry SDK, which configures itself from the environment; with "agent" it
 * knows nothing of OpenTelemetry and leaves that to the Java agent. Prints its port; ends with its standard input.
 */
public class TwoEndpoints {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final long MILLI = 1_000_000;
    private static final int WARM_UP_REQUESTS = 1_000;
    private static volatile long sink;

    private final AtomicLong[] requests = {new AtomicLong(), new AtomicLong(), new AtomicLong()};
    private final AtomicLong[] nanos = {new AtomicLong(), new AtomicLong(), new AtomicLong()};

    /** What runs around the work. */
    interface Tracing {
        void request(String name, Runnable work);

        void below(String name, Runnable work);
    }

    /** The spans of the SDK. Only this class touches it. */
    static final class Sdk implements Tracing {
        private final Tracer tracer;

        Sdk() {
            AutoConfiguredOpenTelemetrySdk.initialize();
            tracer = GlobalOpenTelemetry.getTracer("two-endpoints");
        }

        @Override
        public void request(String name, Runnable work) {
            run(tracer.spanBuilder(name).setSpanKind(SpanKind.SERVER).setAttribute("http.route", name).startSpan(), work);
        }

        @Override
        public void below(String name, Runnable work) {
            run(tracer.spanBuilder(name).startSpan(), work);
        }

        private static void run(Span span, Runnable work) {
            span.setAttribute("thread.name", Thread.currentThread().getName());
            try (Scope scope = span.makeCurrent()) {
                work.run();
            } finally {
                // By its own clock the end would be early by as long as the thread had to wait between the two readings that begin it.
                span.end(Instant.now());
            }
        }
    }

    static final class None implements Tracing {
        @Override
        public void request(String name, Runnable work) {
            work.run();
        }

        @Override
        public void below(String name, Runnable work) {
            work.run();
        }
    }

    public static void main(String[] arguments) throws IOException {
        Tracing tracing = arguments[0].equals("sdk") ? new Sdk() : new None();
        TwoEndpoints service = new TwoEndpoints();
        AtomicInteger threads = new AtomicInteger();
        ExecutorService pool =
                Executors.newFixedThreadPool(4, work -> new Thread(work, "request-" + threads.incrementAndGet()));
        AtomicBoolean isWarm = new AtomicBoolean();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/cheap", exchange -> service.serve(exchange, tracing, 0, () -> burn(20 * MILLI)));
        server.createContext(
                "/costly", exchange -> service.serve(exchange, tracing, 1, () -> {
                    burn(36 * MILLI);
                    tracing.below("rank", TwoEndpoints::rank);
                }));
        server.createContext("/figures", service::figures);
        server.createContext("/warm", exchange -> service.serve(exchange, tracing, 2, () -> {}));
        server.createContext("/begin", exchange -> {
            isWarm.set(true);
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        server.setExecutor(work -> {
            if (isWarm.get()) {
                pool.execute(work);
            } else {
                work.run();
            }
        });
        server.start();
        warmUp(server.getAddress().getPort());
        System.out.println(server.getAddress().getPort());
        while (System.in.read() >= 0) {
            // Until its end.
        }
        server.stop(0);
        pool.shutdown();
        System.exit(0);
    }

    /** So that what is around the work is compiled before the threads that count begin. */
    private static void warmUp(int port) throws IOException {
        for (int i = 0; i < WARM_UP_REQUESTS; i++) {
            HttpURLConnection connection = (HttpURLConnection) new URL("http://127.0.0.1:" + port + "/warm").openConnection();
            connection.getResponseCode();
            connection.disconnect();
        }
    }

    private void serve(HttpExchange exchange, Tracing tracing, int endpoint, Runnable work) throws IOException {
        tracing.request(exchange.getHttpContext().getPath(), () -> {
            long begin = THREADS.getCurrentThreadCpuTime();
            work.run();
            requests[endpoint].incrementAndGet();
            nanos[endpoint].addAndGet(THREADS.getCurrentThreadCpuTime() - begin);
        });
        exchange.sendResponseHeaders(204, -1);
        exchange.close();
    }

    private void figures(HttpExchange exchange) throws IOException {
        byte[] text = (requests[0] + " " + nanos[0] + " " + requests[1] + " " + nanos[1]).getBytes("US-ASCII");
        exchange.sendResponseHeaders(200, text.length);
        exchange.getResponseBody().write(text);
        exchange.close();
    }

    private static void rank() {
        burn(24 * MILLI);
    }

    /** Takes so much of this thread's CPU time. */
    private static void burn(long cpuNanos) {
        long end = THREADS.getCurrentThreadCpuTime() + cpuNanos;
        long x = sink;
        do {
            for (int i = 0; i < 20_000; i++) {
                x = x * 6364136223846793005L + 1442695040888963407L;
            }
        } while (THREADS.getCurrentThreadCpuTime() < end);
        sink = x;
    }
}
