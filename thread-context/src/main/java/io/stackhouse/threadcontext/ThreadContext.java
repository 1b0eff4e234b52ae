package io.stackhouse.threadcontext;

import io.opentelemetry.context.Context;

/**
 * Lets profilers outside the process know which span each thread works for, by OTEP 4947 (thread context) and OTEP 4719 (process context).
 *
 * <pre>{@code
 * ThreadContext.builder().setResource(resource.getAttributes()).install(); // before the first use of Context
 * }</pre>
 *
 * <p>With the SDK's autoconfigure module, or as an extension of the OpenTelemetry Java agent, the jar installs itself.
 *
 * <p><b>Threads:</b> any. <b>Virtual threads</b> publish nothing. <b>Errors:</b> none are thrown at the application: what can't be done is not
 * done, and one warning is logged.
 */
public final class ThreadContext {
    private static final Installation INSTALLATION = new Installation();

    private ThreadContext() {}

    /** Installs with defaults: no resource, attribute {@code http.route}. See {@link ThreadContextBuilder#install}. */
    public static boolean install() {
        return builder().install();
    }

    /**
     * Whether OpenTelemetry keeps its contexts in our storage: true from the first use of {@code Context} on if {@link #install} came before it.
     * Still false after that first use means that it came too late, and that no thread shows its span.
     */
    public static boolean isInPlace() {
        return INSTALLATION.isInPlace();
    }

    /** Takes the place around OpenTelemetry's storage for a later {@link #install}. */
    static void prepare() {
        INSTALLATION.prepare();
    }

    /** A builder of an installation that differs from the default. */
    public static ThreadContextBuilder builder() {
        return new ThreadContextBuilder(INSTALLATION);
    }

    /**
     * The context with a thread attribute, shown on every platform thread on which it, or a context made from it, is current and has a valid
     * span, be the span sampled or not. It goes before the attribute of the same name on the span.
     *
     * @param name the attribute's key; a new one is added to the process's key map, of at most 256
     * @param value cut to 255 bytes of UTF-8
     * @return {@code context} itself when nothing can be published
     */
    public static Context with(Context context, String name, String value) {
        return INSTALLATION.with(context, name, value);
    }

    /**
     * Adds a thread attribute to what the current thread shows now, until the scope that is current is closed; scopes opened inside it on this
     * thread have it too, if they belong to the same trace. For what is known only after the context was made current, such as a route. Does
     * nothing where no span is shown.
     */
    public static void put(String name, String value) {
        INSTALLATION.put(name, value);
    }
}
