package io.stackhouse.threadcontext;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextStorage;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * What making a span current and closing its scope costs, with the storage of OpenTelemetry alone ("plain") and with ours in its place: without
 * attributes ("ids"), with the default one on the span ("route"), and with the default one nowhere ("no_route").
 *
 * <p>The spans are the SDK's, of 16 traces in turn, so that ids are decoded anew each time from memory that a new span has in the caches; "same" is one span again and again.
 */
@State(org.openjdk.jmh.annotations.Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class ContextBenchmark {
    private static final int SPANS = 16;

    @Param({"plain", "ids", "route", "no_route"})
    String storage;

    private final Context[] requests = new Context[SPANS];
    private final Context[] below = new Context[SPANS];
    private ContextStorage measured;
    private SdkTracerProvider provider;
    private int next;

    /** Makes the spans. */
    @Setup
    public void prepare() {
        String failure = NativeLibrary.failure();
        if (failure != null) {
            throw new IllegalStateException(failure);
        }
        provider = SdkTracerProvider.builder().addSpanProcessor(new NoExport()).build();
        Tracer tracer = provider.get("benchmark");
        for (int i = 0; i < SPANS; i++) {
            requests[i] = Context.root().with(span(tracer, Context.root()));
        }
        for (int i = 0; i < SPANS; i++) {
            below[i] = requests[0].with(span(tracer, requests[0]));
        }
        measured = measured(ContextStorage.defaultStorage());
    }

    private Span span(Tracer tracer, Context parent) {
        SpanBuilder builder = tracer.spanBuilder("span").setParent(parent);
        if (storage.equals("route")) {
            builder.setAttribute("http.route", "/api/v1/orders/{id}/items");
        }
        Span span = builder.startSpan();
        if (!span.getSpanContext().isValid()) {
            throw new IllegalStateException("there is nothing to be shown of " + span);
        }
        return span;
    }

    private ContextStorage measured(ContextStorage plain) {
        if (storage.equals("plain")) {
            return plain;
        }
        Key[] keys = storage.equals("ids") ? new Key[0] : new Key[] {new Keys().get("http.route")};
        AttributeCache cache = new AttributeCache();
        ThreadAttributes attributes = ThreadAttributes.ofApplication(keys, new OwnAttributes(cache), cache);
        return new ThreadStorage(new SpanPublisher(() -> attributes, e -> {
            throw e;
        }));
    }

    @TearDown
    public void close() {
        provider.close();
    }

    /** A request's span, another one each time, on a thread with nothing. */
    @Benchmark
    public void request() {
        measured.attach(requests[next++ & (SPANS - 1)]).close();
    }

    /** The same span each time. */
    @Benchmark
    public void same() {
        measured.attach(requests[0]).close();
    }

    /** A request's span and one below it: two scopes. */
    @Benchmark
    public void nested() {
        Scope request = measured.attach(requests[0]);
        measured.attach(below[next++ & (SPANS - 1)]).close();
        request.close();
    }

    /** Runs it, and shows per operation what each storage costs and allocates. */
    public static void main(String[] arguments) throws Exception {
        CommandLineOptions given = new CommandLineOptions(arguments);
        OptionsBuilder options = new OptionsBuilder();
        options.parent(given)
                .include(ContextBenchmark.class.getName())
                .shouldFailOnError(true)
                .addProfiler(GCProfiler.class);
        var results = new Runner(options.build()).run();
        System.out.printf("%n%-10s %-10s %18s %12s%n", "operation", "storage", "ns", "bytes");
        for (RunResult result : results) {
            String name = result.getParams().getBenchmark();
            System.out.printf(
                    "%-10s %-10s %9.1f ± %6.1f %12.1f%n",
                    name.substring(name.lastIndexOf('.') + 1),
                    result.getParams().getParam("storage"),
                    result.getPrimaryResult().getScore(),
                    result.getPrimaryResult().getScoreError(),
                    result.getSecondaryResults().get("gc.alloc.rate.norm").getScore());
        }
    }
}
