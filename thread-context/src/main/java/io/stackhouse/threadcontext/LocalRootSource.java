package io.stackhouse.threadcontext;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.instrumentation.api.instrumenter.LocalRootSpan;
import org.jspecify.annotations.Nullable;

/** The attributes of the span that the request came into the process with, which OpenTelemetry's instrumentation keeps in the context. */
final class LocalRootSource implements AttributeSource {
    private final AttributeSource spans;

    private LocalRootSource(AttributeSource spans) {
        this.spans = spans;
    }

    /** {@link AttributeSource#NONE} where that instrumentation is not there. */
    static AttributeSource ofApplication(AttributeSource spans) {
        try {
            return LocalRootSpan.fromContextOrNull(Context.root()) == null
                    ? new LocalRootSource(spans)
                    : AttributeSource.NONE;
        } catch (LinkageError e) {
            return AttributeSource.NONE;
        }
    }

    @Override
    public @Nullable String value(Context context, Span span, Key key) {
        Span root = LocalRootSpan.fromContextOrNull(context);
        return root == null ? null : spans.value(context, root, key);
    }
}
