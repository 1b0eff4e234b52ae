package io.stackhouse.threadcontext;

import io.opentelemetry.api.common.Attributes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;

/** What is to be published, and the installation. One thread. */
public final class ThreadContextBuilder {
    private final Installation installation;
    private Attributes resource = Attributes.empty();
    private List<String> attributeKeys = Collections.singletonList(Key.HTTP_ROUTE);

    ThreadContextBuilder(Installation installation) {
        this.installation = installation;
    }

    /** The resource's attributes, for the process context: {@code Resource.getAttributes()} of the SDK. Default: none. */
    public ThreadContextBuilder setResource(Attributes attributes) {
        resource = attributes;
        return this;
    }

    /** The span attributes (strings) to publish with each thread's span. Default: {@code http.route}. */
    public ThreadContextBuilder setAttributeKeys(Collection<String> keys) {
        attributeKeys = new ArrayList<>(keys);
        return this;
    }

    /**
     * Publishes the process context and, from the first call in a class loader on, each platform thread's span. To be called before the first use
     * of OpenTelemetry's {@code Context}, which fixes its storage then: {@link ThreadContext#isInPlace} tells whether it came in time. A further
     * call publishes the new resource, and looks for the new keys on spans.
     *
     * @return false when nothing can be published here; the reason is logged, once
     */
    public boolean install() {
        return installation.install(resource, attributeKeys);
    }
}
