package io.stackhouse.threadcontext;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

/**
 * Finds the attributes of a context. The first of these that has a value for a key gives it:
 *
 * <ol>
 *   <li>the context itself, where {@link ThreadContext#with} put it,
 *   <li>the span,
 *   <li>for {@code http.route}: what OpenTelemetry's HTTP server instrumentation has in the context,
 *   <li>the scope around this one on the same thread, if it shows the same trace,
 *   <li>the request's local root span, where OpenTelemetry's instrumentation has it in the context.
 * </ol>
 *
 * <p>Immutable; any thread.
 */
final class ThreadAttributes {
    private final Key[] keys;
    private final OwnAttributes own;
    private final AttributeSource spans;
    private final AttributeSource routes;
    private final AttributeSource roots;
    private final AttributeCache cache;

    /** {@code keys} are those looked for on spans. */
    ThreadAttributes(
            Key[] keys,
            OwnAttributes own,
            AttributeSource spans,
            AttributeSource routes,
            AttributeSource roots,
            AttributeCache cache) {
        this.keys = keys;
        this.own = own;
        this.spans = spans;
        this.routes = routes;
        this.roots = roots;
        this.cache = cache;
    }

    /** With whatever of OpenTelemetry the application has beside its API. */
    static ThreadAttributes ofApplication(Key[] keys, OwnAttributes own, AttributeCache cache) {
        AttributeSource spans = SdkSpanSource.ofApplication();
        return new ThreadAttributes(
                keys, own, spans, RouteSource.ofApplication(), LocalRootSource.ofApplication(spans), cache);
    }

    EncodedAttributes of(Context context, Span span, EncodedAttributes inherited) {
        EncodedAttributes found = inherited;
        for (Key key : keys) {
            String value = value(context, span, key, inherited);
            if (value != null) {
                found = cache.with(found, key.index, value);
            }
        }
        EncodedAttributes ofContext = own.of(context);
        return ofContext == null ? found : cache.withAll(found, ofContext);
    }

    private @Nullable String value(Context context, Span span, Key key, EncodedAttributes inherited) {
        String value = spans.value(context, span, key);
        if (value == null) {
            value = routes.value(context, span, key);
        }
        if (value == null) {
            value = inherited.value(key.index);
        }
        return value == null ? roots.value(context, span, key) : value;
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
