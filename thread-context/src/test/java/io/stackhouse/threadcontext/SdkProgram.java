package io.stackhouse.threadcontext;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** A program of tests that uses the OpenTelemetry SDK and installs the library itself. Compares what threads show with what is current on them. */
@SuppressWarnings("try") // scopes are there to be closed
public final class SdkProgram {
    private static final int STEPS = 20_000;
    private static final int VIRTUAL_THREADS = 10_000;

    private final Tracer tracer;

    private SdkProgram(Tracer tracer) {
        this.tracer = tracer;
    }

    /** {@code threads SEED} or {@code virtual}. */
    public static void main(String[] arguments) throws Exception {
        boolean isInstalled = ThreadContext.builder()
                .setResource(Resource.getDefault().getAttributes())
                .install();
        try (SdkTracerProvider provider =
                SdkTracerProvider.builder().addSpanProcessor(new NoExport()).build()) {
            SdkProgram program = new SdkProgram(provider.get("test"));
            if (arguments[0].equals("threads")) {
                program.walks(Long.parseLong(arguments[1]));
            } else if (arguments[0].equals("virtual")) {
                program.virtualThreads();
            } else {
                try (Scope ignored =
                        provider.get("test").spanBuilder("alone").startSpan().makeCurrent()) {
                    System.out.println(
                            "current " + Span.current().getSpanContext().isValid());
                }
                ThreadContext.put("http.route", "/nowhere");
                ThreadContext.with(Context.root(), "http.route", "/nowhere");
            }
        }
        System.out.println("installed " + isInstalled + ", in place " + ThreadContext.isInPlace());
    }

    /** On several threads at once: random spans made current and scopes closed, mostly the last one, checked at each step. */
    private void walks(long seed) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        List<Future<?>> walks = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Random random = new Random(seed + i);
            walks.add(threads.submit(() -> walk(random)));
        }
        threads.shutdown();
        for (Future<?> walk : walks) {
            walk.get();
        }
        System.out.println("walks done");
    }

    /** Scopes are kept open on purpose here. */
    @SuppressWarnings("MustBeClosedChecker")
    private void walk(Random random) {
        Deque<Scope> open = new ArrayDeque<>();
        for (int step = 0; step < STEPS; step++) {
            if (open.size() < 8 && (open.isEmpty() || random.nextBoolean())) {
                open.push(context(random).makeCurrent());
            } else {
                boolean isLast = random.nextInt(50) != 0;
                (isLast ? open.pop() : open.removeLast()).close();
            }
            requireSame();
        }
        // Closed in the wrong order, some are closed for ever without effect: what is left is the thread's last
        // context.
        while (!open.isEmpty()) {
            open.pop().close();
            requireSame();
        }
        try (Scope ignored = Context.root().makeCurrent()) {
            requireSame();
        }
    }

    private Context context(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> Context.root();
            case 1 -> Context.current().with(Span.getInvalid());
            case 2 -> Context.current().with(tracer.spanBuilder("child").startSpan());
            default ->
                Context.root().with(tracer.spanBuilder("root").setNoParent().startSpan());
        };
    }

    private static void requireSame() {
        SpanContext span = Span.current().getSpanContext();
        Published shown = Published.here();
        boolean isSame = shown == null
                ? !span.isValid()
                : shown.traceId().equals(span.getTraceId())
                        && shown.spanId().equals(span.getSpanId())
                        && shown.flags() == span.getTraceFlags().asByte();
        if (!isSame) {
            throw new AssertionError(span + " is current, but " + shown + " is shown");
        }
    }

    /** Ten thousand virtual threads with spans, on carriers that show nothing; platform threads beside them show theirs. */
    private void virtualThreads() throws Exception {
        AtomicBoolean isOver = new AtomicBoolean();
        AtomicLong checks = new AtomicLong();
        ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
        Thread beside = new Thread(() -> {
            while (!isOver.get()) {
                try (Scope ignored = tracer.spanBuilder("platform").startSpan().makeCurrent()) {
                    requireSame();
                }
            }
        });
        beside.setUncaughtExceptionHandler((thread, e) -> failures.add(e));
        beside.start();
        CountDownLatch ended = new CountDownLatch(VIRTUAL_THREADS);
        for (int i = 0; i < VIRTUAL_THREADS; i++) {
            startVirtualThread(() -> {
                try {
                    onVirtualThread(checks);
                } catch (RuntimeException | Error e) {
                    failures.add(e);
                } finally {
                    ended.countDown();
                }
            });
        }
        ended.await();
        isOver.set(true);
        beside.join();
        if (!failures.isEmpty()) {
            throw new AssertionError(failures.size() + " failures", failures.peek());
        }
        System.out.println("virtual threads done, " + checks + " checks");
    }

    /** Yields so that the carrier takes another thread in the middle. */
    @SuppressWarnings("ThreadPriorityCheck")
    private void onVirtualThread(AtomicLong checks) {
        for (int i = 0; i < 10; i++) {
            requireNothing(checks);
            try (Scope ignored = tracer.spanBuilder("virtual").startSpan().makeCurrent()) {
                requireNothing(checks);
                Thread.yield();
                requireNothing(checks);
                if (!Span.current().getSpanContext().isValid()) {
                    throw new AssertionError("the span is no longer current");
                }
            }
        }
    }

    private static void requireNothing(AtomicLong checks) {
        checks.incrementAndGet();
        Published shown = Published.here();
        if (shown != null) {
            throw new AssertionError("a carrier shows " + shown);
        }
    }

    private static void startVirtualThread(Runnable task) {
        try {
            Thread started = (Thread) MethodHandles.publicLookup()
                    .findStatic(Thread.class, "startVirtualThread", MethodType.methodType(Thread.class, Runnable.class))
                    .invokeExact(task);
            if (started == null) {
                throw new AssertionError("no thread");
            }
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }
}
