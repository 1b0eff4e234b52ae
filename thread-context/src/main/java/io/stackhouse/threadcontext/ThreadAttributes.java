package io.stackhouse.threadcontext;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;

/**
 * Finds the attributes of a context. A value is looked for, the first that is there wins:
 *
 * <ol>
 *   <li>in the context itself, put there by {@link ThreadContext#with},
 *   <li>on the span,
 *   <li>in what the scopes around it on the same thread had, if they belong to the same trace.
 * </ol>
 *
 * <p>Immutable; any thread.
 */
final class ThreadAttributes {
    static final ContextKey<EncodedAttributes> OWN = ContextKey.named("stackhouse-thread-attributes");

    private final Key[] keys;
    private final AttributeSource source;
    private final AttributeCache cache;

    /** {@code keys} are those looked for on spans. */
    ThreadAttributes(Key[] keys, AttributeSource source, AttributeCache cache) {
        this.keys = keys;
        this.source = source;
        this.cache = cache;
    }

    EncodedAttributes of(Context context, Span span, EncodedAttributes inherited) {
        EncodedAttributes found = inherited;
        for (Key key : keys) {
            String value = source.value(context, span, key);
            if (value != null) {
                found = cache.with(found, key.index, value);
            }
        }
        EncodedAttributes own = context.get(OWN);
        return own == null ? found : cache.withAll(found, own);
    }

    /** Whether a value is there for each key that is looked for on spans. */
    boolean isComplete(EncodedAttributes attributes) {
        for (Key key : keys) {
            if (attributes.value(key.index) == null) {
                return false;
            }
        }
        return true;
    }
}
