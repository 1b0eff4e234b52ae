package io.stackhouse.threadcontext;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextStorage;
import io.opentelemetry.context.Scope;
import org.jspecify.annotations.Nullable;

/**
 * Shows on each platform thread the span that is current there. The storage behind it stays the judge of what is current: after a scope is closed,
 * in whatever order, on whatever thread, the current context is asked for and shown.
 *
 * <p>Any thread. Allocates one scope per attached context.
 */
final class PublishingStorage implements ContextStorage {
    private final ContextStorage delegate;
    private final ThreadAttributes attributes;

    PublishingStorage(ContextStorage delegate, ThreadAttributes attributes) {
        this.delegate = delegate;
        this.attributes = attributes;
    }

    @Override
    public @Nullable Context current() {
        return delegate.current();
    }

    @Override
    public Context root() {
        return delegate.root();
    }

    @Override
    public Scope attach(Context context) {
        ThreadRecord record = context == null ? null : ThreadRecords.ofCurrentThread();
        if (record == null) {
            return delegate.attach(context);
        }
        Context before = delegate.current();
        EncodedAttributes attributesBefore = record.attributes();
        Scope scope = delegate.attach(context);
        showInside(record, context);
        return context == before ? scope : new PublishedScope(record, scope, before, attributesBefore);
    }

    private void showInside(ThreadRecord record, Context context) {
        Span span = Span.fromContext(context);
        SpanContext id = span.getSpanContext();
        if (!id.isValid()) {
            record.hide();
            return;
        }
        EncodedAttributes inherited = record.shows(id) ? record.attributes() : EncodedAttributes.NONE;
        record.show(id, attributes.of(context, span, inherited));
    }

    private void showAgain(ThreadRecord record, @Nullable Context context, EncodedAttributes before) {
        Span span = context == null ? Span.getInvalid() : Span.fromContext(context);
        SpanContext id = span.getSpanContext();
        if (context == null || !id.isValid()) {
            record.hide();
            return;
        }
        record.show(id, attributes.isComplete(before) ? before : attributes.of(context, span, before));
    }

    private final class PublishedScope implements Scope {
        private final ThreadRecord record;
        private final Scope scope;
        private final @Nullable Context before;
        private final EncodedAttributes attributesBefore;

        PublishedScope(ThreadRecord record, Scope scope, @Nullable Context before, EncodedAttributes attributesBefore) {
            this.record = record;
            this.scope = scope;
            this.before = before;
            this.attributesBefore = attributesBefore;
        }

        @Override
        public void close() {
            scope.close();
            ThreadRecord here = record.isOfCurrentThread() ? record : ThreadRecords.ofCurrentThread();
            if (here != null) {
                Context now = delegate.current();
                boolean isAsBefore = now == before && here == record;
                showAgain(here, now, isAsBefore ? attributesBefore : EncodedAttributes.NONE);
            }
        }
    }
}
