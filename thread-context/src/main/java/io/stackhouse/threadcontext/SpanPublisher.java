package io.stackhouse.threadcontext;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Shows the span of a context on a thread's record. What fails in here is told to {@code failures} and never to the application; the thread shows
 * nothing then.
 *
 * <p>Any thread; a record by its own thread alone. Allocates nothing, but for attributes that were not encoded before.
 */
final class SpanPublisher {
    private final Supplier<@Nullable ThreadAttributes> published;
    private final Consumer<RuntimeException> failures;

    /** As long as {@code published} gives null, nothing is to be shown. */
    SpanPublisher(Supplier<@Nullable ThreadAttributes> published, Consumer<RuntimeException> failures) {
        this.published = published;
        this.failures = failures;
    }

    /** Null as long as nothing is to be shown. */
    @Nullable
    ThreadAttributes attributes() {
        return published.get();
    }

    /** Shows the context that is current from now on. */
    void show(ThreadRecord record, ThreadAttributes attributes, @Nullable Context context) {
        show(record, attributes, context, null);
    }

    /**
     * The same.
     *
     * @param before the attributes that were shown when the context was current before; null if it was not
     */
    void show(
            ThreadRecord record,
            ThreadAttributes attributes,
            @Nullable Context context,
            @Nullable EncodedAttributes before) {
        Span span = context == null ? null : Span.fromContextOrNull(context);
        if (context == null || span == null) {
            record.hide();
            return;
        }
        try {
            SpanContext id = span.getSpanContext();
            if (!id.isValid() || !record.decode(id)) {
                record.hide();
                return;
            }
            if (before != null && attributes.isComplete(before)) {
                record.showDecoded(before);
                return;
            }
            EncodedAttributes inherited = before;
            if (inherited == null) {
                inherited = record.showsDecodedTrace() ? record.attributes() : EncodedAttributes.NONE;
            }
            record.showDecoded(attributes.of(context, span, inherited));
        } catch (RuntimeException e) {
            record.hide();
            failures.accept(e);
        }
    }
}
