package io.stackhouse.threadcontext;

import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import org.jspecify.annotations.Nullable;

/** The attributes that contexts have of their own, by {@link ThreadContext#with}. Any thread. */
final class OwnAttributes {
    private static final ContextKey<EncodedAttributes> KEY = ContextKey.named("stackhouse-thread-attributes");

    private final AttributeCache cache;

    /** From the first use on: mostly there is none, and contexts need not be searched for them. */
    private volatile boolean areUsed;

    OwnAttributes(AttributeCache cache) {
        this.cache = cache;
    }

    /** The context with one attribute more. */
    Context with(Context context, Key key, String value) {
        areUsed = true;
        EncodedAttributes own = context.get(KEY);
        return context.with(KEY, cache.with(own == null ? EncodedAttributes.NONE : own, key.index, value));
    }

    /** Null where the context has none. */
    @Nullable
    EncodedAttributes of(Context context) {
        return areUsed ? context.get(KEY) : null;
    }
}
