package io.stackhouse.threadcontext;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.instrumentation.api.internal.HttpRouteState;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/**
 * The route as OpenTelemetry's instrumentation of HTTP servers has it in the context while a request is served, also of spans that are not
 * recorded. On the span it stands only from the request's end on.
 */
final class RouteSource implements AttributeSource {
    private RouteSource() {}

    /** {@link AttributeSource#NONE} where that instrumentation is not there, or is one that keeps the route elsewhere (the class is internal). */
    static AttributeSource ofApplication() {
        try {
            MethodHandles.Lookup lookup = MethodHandles.publicLookup();
            Class<?> state = HttpRouteState.class;
            lookup.findVirtual(state, "getRoute", MethodType.methodType(String.class));
            lookup.findStatic(state, "fromContextOrNull", MethodType.methodType(state, Context.class));
            return new RouteSource();
        } catch (LinkageError | NoSuchMethodException | IllegalAccessException e) {
            return AttributeSource.NONE;
        }
    }

    @Override
    public @Nullable String value(Context context, Span span, Key key) {
        HttpRouteState state = key.isRoute ? HttpRouteState.fromContextOrNull(context) : null;
        return state == null ? null : state.getRoute();
    }
}
