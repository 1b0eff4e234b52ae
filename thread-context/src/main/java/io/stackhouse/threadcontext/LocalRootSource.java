package io.stackhouse.threadcontext;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.instrumentation.api.instrumenter.LocalRootSpan;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/** The attributes of the span that the request came into the process with, which OpenTelemetry's instrumentation keeps in the context. */
final class LocalRootSource implements AttributeSource {
    private final AttributeSource spans;

    private LocalRootSource(AttributeSource spans) {
        this.spans = spans;
    }

    /** {@link AttributeSource#NONE} where that instrumentation is not there. */
    static AttributeSource ofApplication(AttributeSource spans) {
        try { // not by calling it: a context asked for now would fix OpenTelemetry's storage
            MethodHandles.publicLookup()
                    .findStatic(
                            LocalRootSpan.class, "fromContextOrNull", MethodType.methodType(Span.class, Context.class));
            return new LocalRootSource(spans);
        } catch (LinkageError | NoSuchMethodException | IllegalAccessException e) {
            return AttributeSource.NONE;
        }
    }

    @Override
    public @Nullable String value(Context context, Span span, Key key) {
        Span root = LocalRootSpan.fromContextOrNull(context);
        return root == null ? null : spans.value(context, root, key);
    }
}
