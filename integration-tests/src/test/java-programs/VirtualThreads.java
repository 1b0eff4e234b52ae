import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;

/**
 * 10,000 virtual threads, each with a trace of its own that is current while it works and while it sleeps, beside two platform threads that
 * make spans. These are named request-1 and request-2 from the first byte on the standard input on; with its end the program ends.
 */
public class VirtualThreads {
    private static final int THREADS = 10_000;
    private static final long WORK_NANOS = 50_000;
    private static final long REQUEST_NANOS = 50_000_000;
    private static volatile boolean counts;
    private static volatile long sink;

    public static void main(String[] arguments) throws Exception {
        AutoConfiguredOpenTelemetrySdk.initialize();
        Tracer tracer = GlobalOpenTelemetry.getTracer("virtual-threads");
        for (int i = 1; i <= 2; i++) {
            String name = "request-" + i;
            Thread thread = new Thread(() -> serve(tracer, name), "warm-" + i);
            thread.setDaemon(true);
            thread.start();
        }
        for (int i = 0; i < THREADS; i++) {
            Thread.ofVirtual().start(VirtualThreads::live);
        }
        System.out.println("started");
        counts = System.in.read() >= 0;
        while (System.in.read() >= 0) {
            // Until its end.
        }
        System.exit(0);
    }

    private static void serve(Tracer tracer, String name) {
        while (true) {
            if (counts && !Thread.currentThread().getName().equals(name)) {
                Thread.currentThread().setName(name);
            }
            Span span = tracer.spanBuilder("work").setSpanKind(SpanKind.SERVER).startSpan();
            span.setAttribute("thread.name", Thread.currentThread().getName());
            try (Scope scope = span.makeCurrent()) {
                burn(REQUEST_NANOS);
            } finally {
                // By its own clock the end would be early by as long as the thread had to wait between the two readings that begin it.
                span.end(Instant.now());
            }
        }
    }

    private static void live() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        String trace = String.format("%016x%016x", random.nextLong() | 1, random.nextLong() | 1);
        while (true) {
            SpanContext id = SpanContext.create(
                    trace, String.format("%016x", random.nextLong() | 1), TraceFlags.getSampled(), TraceState.getDefault());
            try (Scope scope = Span.wrap(id).makeCurrent()) {
                burn(WORK_NANOS);
                Thread.sleep(500 + random.nextInt(1_000));
                burn(WORK_NANOS);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private static void burn(long nanos) {
        long end = System.nanoTime() + nanos;
        long x = sink;
        do {
            for (int i = 0; i < 1_000; i++) {
                x = x * 6364136223846793005L + 1442695040888963407L;
            }
        } while (System.nanoTime() < end);
        sink = x;
    }
}
