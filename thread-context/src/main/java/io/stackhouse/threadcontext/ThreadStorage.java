package io.stackhouse.threadcontext;

import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextStorage;
import io.opentelemetry.context.Scope;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * In the place of OpenTelemetry's storage by thread, with the same behaviour, and shows on each platform thread the span that is current there. One look
 * at the thread's slot gives both the context and the record, and one scope is all that a context costs.
 *
 * <p>As there: a scope whose context is not the current one when it is closed changes nothing; a context that is current already, and none, give a scope
 * that does nothing. Any thread.
 */
final class ThreadStorage implements ContextStorage {
    private static final Logger LOGGER = Logger.getLogger("io.stackhouse.threadcontext");
    private static final Scope NOTHING = () -> {};

    private final SpanPublisher publisher;

    ThreadStorage(SpanPublisher publisher) {
        this.publisher = publisher;
    }

    @Override
    public @Nullable Context current() {
        return ThreadSlot.context(ThreadSlot.ofCurrentThread());
    }

    @Override
    public Scope attach(@Nullable Context context) {
        if (context == null) {
            return NOTHING;
        }
        @Nullable Object[] slot = ThreadSlot.ofCurrentThread();
        Context before = ThreadSlot.context(slot);
        ThreadAttributes attributes = publisher.attributes();
        ThreadRecord record = attributes == null ? null : ThreadSlot.record(slot);
        ThreadScope scope = context == before ? null : new ThreadScope(slot, context, before, record);
        ThreadSlot.setContext(slot, context);
        if (record != null && attributes != null) {
            publisher.show(record, attributes, context);
        }
        return scope == null ? NOTHING : scope;
    }

    /** A scope, and what its thread showed before it. */
    private final class ThreadScope implements Scope {
        private final @Nullable Object[] slot;
        private final Context attached;
        private final @Nullable Context before;
        private final @Nullable ThreadRecord record;
        private final @Nullable EncodedAttributes shownBefore;
        private boolean isClosed;

        ThreadScope(
                @Nullable Object[] slot, Context attached, @Nullable Context before, @Nullable ThreadRecord record) {
            this.slot = slot;
            this.attached = attached;
            this.before = before;
            this.record = record;
            this.shownBefore = record != null && record.isVisible() ? record.attributes() : null;
        }

        @Override
        public void close() {
            @Nullable Object[] here = ThreadSlot.ofCurrentThread();
            if (isClosed || ThreadSlot.context(here) != attached) {
                LOGGER.log(Level.FINE, "A scope is closed whose context is not the current one: nothing changes");
                return;
            }
            isClosed = true;
            ThreadSlot.setContext(here, before);
            ThreadAttributes attributes = publisher.attributes();
            ThreadRecord shown = here == slot && record != null ? record : ThreadSlot.record(here);
            if (attributes != null && shown != null) {
                publisher.show(shown, attributes, before, here == slot ? shownBefore : null);
            }
        }
    }
}
