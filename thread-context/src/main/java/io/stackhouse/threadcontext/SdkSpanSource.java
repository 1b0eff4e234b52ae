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
            Class.forName("io.opentelemetry.sdk.trace.ReadableSpan", false, SdkSpanSource.class.getClassLoader());
            return new SdkSpanSource();
        } catch (ClassNotFoundException | LinkageError e) {
            return AttributeSource.NONE;
        }
    }

    @Override
    public @Nullable String value(Context context, Span span, Key key) {
        return span instanceof ReadableSpan ? ((ReadableSpan) span).getAttribute(key.attribute) : null;
    }
}
