package io.stackhouse.threadcontext;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.ReadableSpan;
import org.jspecify.annotations.Nullable;

/** The attributes of a recording span of the OpenTelemetry SDK. */
final class SdkSpanSource implements AttributeSource {
    private SdkSpanSource() {}

    /** {@link AttributeSource#NONE} where the application has no SDK. */
    static AttributeSource ofApplication() {
        try {
            // Its name as a string would not do: the Java agent gives extensions other names for some of
            // OpenTelemetry's classes.
            return ReadableSpan.class.isInterface() ? new SdkSpanSource() : AttributeSource.NONE;
        } catch (LinkageError e) {
            return AttributeSource.NONE;
        }
    }

    @Override
    public @Nullable String value(Context context, Span span, Key key) {
        return span instanceof ReadableSpan ? ((ReadableSpan) span).getAttribute(key.attribute) : null;
    }
}
