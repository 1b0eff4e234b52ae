package io.stackhouse.threadcontext;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

/** Where values of thread attributes come from. Any thread; called at each change of a thread's context, so nothing may block or allocate. */
interface AttributeSource {
    AttributeSource NONE = (context, span, key) -> null;

    /** The key's value for this span of this context; null when there is none. */
    @Nullable
    String value(Context context, Span span, Key key);
}
