package io.stackhouse.threadcontext;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;

/** A program of tests that leaves all to the SDK's autoconfigure module, and calls nothing of the library but to add a route. */
@SuppressWarnings("try") // scopes are there to be closed
public final class AutoconfiguredProgram {
    private AutoconfiguredProgram() {}

    /** Prints what the thread shows within a span, after an attribute was added to it, and in a context with an attribute. */
    public static void main(String[] arguments) throws Exception {
        try (OpenTelemetrySdk sdk = AutoConfiguredOpenTelemetrySdk.builder()
                .addTracerProviderCustomizer((provider, settings) -> provider.addSpanProcessor(new NoExport()))
                .build()
                .getOpenTelemetrySdk()) {
            Span span = sdk.getTracer("test")
                    .spanBuilder("request")
                    .setAttribute("http.route", "/a")
                    .setAttribute("tenant", "blue")
                    .startSpan();
            try (Scope ignored = span.makeCurrent()) {
                print(span);
                ThreadContext.put("http.route", "/b");
                print(span);
                try (Scope inner = ThreadContext.with(Context.current(), "http.route", "/c")
                        .makeCurrent()) {
                    print(span);
                }
                print(span);
            }
            System.out.println("afterwards " + Published.here());
        }
        if (PublishedProcess.mappings("self").isEmpty()) {
            System.out.println("no process context");
        } else {
            PublishedProcess process = PublishedProcess.read("self");
            System.out.println(process.resource().get("service.name") + " " + process.keys());
        }
    }

    private static void print(Span span) {
        SpanContext id = span.getSpanContext();
        Published shown = Published.here();
        System.out.println(
                shown == null
                        ? "nothing"
                        : shown.spanId().equals(id.getSpanId()) + " " + (shown.flags() & 1) + " " + shown.attributes());
    }
}
