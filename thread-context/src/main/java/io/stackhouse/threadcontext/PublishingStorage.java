package io.stackhouse.threadcontext;

import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextStorage;
import io.opentelemetry.context.Scope;
import org.jspecify.annotations.Nullable;

/**
 * Shows on each platform thread the span that is current there, around whatever storage there is. That storage stays the judge of what is current:
 * after a scope is closed, in whatever order, on whatever thread, the current context is asked for and shown. Where it is OpenTelemetry's own,
 * {@link ThreadStorage} costs less.
 *
 * <p>Any thread. Allocates one scope per attached context.
 */
final class PublishingStorage implements ContextStorage {
    private final ContextStorage delegate;
    private final SpanPublisher publisher;

    PublishingStorage(ContextStorage delegate, SpanPublisher publisher) {
        this.delegate = delegate;
        this.publisher = publisher;
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
        ThreadAttributes attributes = context == null ? null : publisher.attributes();
        ThreadRecord record = attributes == null ? null : ThreadSlot.record(ThreadSlot.ofCurrentThread());
        if (record == null || attributes == null) {
            return delegate.attach(context);
        }
        Context before = delegate.current();
        Scope scope = delegate.attach(context);
        if (context == before) {
            publisher.show(record, attributes, context);
            return scope;
        }
        PublishedScope publishedScope = new PublishedScope(scope, before, attributes, record);
        publisher.show(record, attributes, context);
        return publishedScope;
    }

    /** A scope, and what its thread showed before it. */
    private final class PublishedScope implements Scope {
        private final Scope scope;
        private final @Nullable Context before;
        private final ThreadAttributes attributes;
        private final ThreadRecord record;
        private final @Nullable EncodedAttributes shownBefore;

        PublishedScope(Scope scope, @Nullable Context before, ThreadAttributes attributes, ThreadRecord record) {
            this.scope = scope;
            this.before = before;
            this.attributes = attributes;
            this.record = record;
            this.shownBefore = record.isVisible() ? record.attributes() : null;
        }

        @Override
        public void close() {
            scope.close();
            Context now = delegate.current();
            if (record.isOfCurrentThread()) {
                publisher.show(record, attributes, now, now == before ? shownBefore : null);
                return;
            }
            ThreadRecord here = ThreadSlot.record(ThreadSlot.ofCurrentThread());
            if (here != null) {
                publisher.show(here, attributes, now);
            }
        }
    }
}
