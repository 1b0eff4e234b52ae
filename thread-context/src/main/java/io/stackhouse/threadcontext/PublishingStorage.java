package io.stackhouse.threadcontext;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextStorage;
import io.opentelemetry.context.Scope;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Shows on each platform thread the span that is current there. The storage behind it stays the judge of what is current: after a scope is closed,
 * in whatever order, on whatever thread, the current context is asked for and shown.
 *
 * <p>Any thread. Allocates one scope per attached context. What fails in here is told to {@code failures} and never to the application; the
 * thread shows nothing then.
 */
final class PublishingStorage implements ContextStorage {
    private final ContextStorage delegate;
    private final Supplier<@Nullable ThreadAttributes> published;
    private final Consumer<RuntimeException> failures;

    /** As long as {@code published} gives null, contexts only pass through. */
    PublishingStorage(
            ContextStorage delegate,
            Supplier<@Nullable ThreadAttributes> published,
            Consumer<RuntimeException> failures) {
        this.delegate = delegate;
        this.published = published;
        this.failures = failures;
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
        ThreadAttributes attributes = published.get();
        ThreadRecord record = context == null || attributes == null ? null : ThreadRecords.ofCurrentThread();
        if (record == null || attributes == null) {
            return delegate.attach(context);
        }
        Context before = delegate.current();
        Scope scope = delegate.attach(context);
        if (context == before) {
            show(record, attributes, context);
            return scope;
        }
        PublishedScope publishedScope = new PublishedScope(scope, before, attributes, record);
        show(record, attributes, context);
        return publishedScope;
    }

    private void show(ThreadRecord record, ThreadAttributes attributes, @Nullable Context context) {
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
            EncodedAttributes inherited = record.showsDecodedTrace() ? record.attributes() : EncodedAttributes.NONE;
            record.showDecoded(attributes.of(context, span, inherited));
        } catch (RuntimeException e) {
            record.hide();
            failures.accept(e);
        }
    }

    /** A scope, and what its thread showed before it. */
    private final class PublishedScope implements Scope {
        private final Scope scope;
        private final @Nullable Context before;
        private final ThreadAttributes attributes;
        private final ThreadRecord record;
        private final EncodedAttributes attributesBefore;
        private final long traceHighBefore;
        private final long traceLowBefore;
        private final long spanBefore;
        private final byte flagsBefore;
        private final boolean wasVisible;

        PublishedScope(Scope scope, @Nullable Context before, ThreadAttributes attributes, ThreadRecord record) {
            this.scope = scope;
            this.before = before;
            this.attributes = attributes;
            this.record = record;
            this.attributesBefore = record.attributes();
            this.traceHighBefore = record.traceHigh();
            this.traceLowBefore = record.traceLow();
            this.spanBefore = record.span();
            this.flagsBefore = record.flags();
            this.wasVisible = record.isVisible();
        }

        @Override
        public void close() {
            scope.close();
            if (!record.isOfCurrentThread()) {
                ThreadRecord here = ThreadRecords.ofCurrentThread();
                if (here != null) {
                    show(here, attributes, delegate.current());
                }
                return;
            }
            Context now = delegate.current();
            if (now == before && wasVisible && now != null) {
                showAgain(now);
            } else {
                show(record, attributes, now);
            }
        }

        private void showAgain(Context context) {
            try {
                EncodedAttributes shown = attributes.isComplete(attributesBefore)
                        ? attributesBefore
                        : attributes.of(context, Span.fromContext(context), attributesBefore);
                record.show(traceHighBefore, traceLowBefore, spanBefore, flagsBefore, shown);
            } catch (RuntimeException e) {
                record.hide();
                failures.accept(e);
            }
        }
    }
}
