package io.stackhouse.threadcontext;

import io.opentelemetry.sdk.autoconfigure.spi.AutoConfigurationCustomizer;
import io.opentelemetry.sdk.autoconfigure.spi.AutoConfigurationCustomizerProvider;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigProperties;
import io.opentelemetry.sdk.resources.Resource;
import java.util.Collections;
import java.util.List;

/**
 * Installs when the SDK is configured by itself (the autoconfigure module, the Java agent), with the SDK's resource. Settings, as system
 * properties or environment variables: {@value #ENABLED}, {@value #ATTRIBUTES}.
 */
public final class ThreadContextAutoConfiguration implements AutoConfigurationCustomizerProvider {
    static final String ENABLED = "stackhouse.threadcontext.enabled";
    static final String ATTRIBUTES = "stackhouse.threadcontext.attributes";

    @Override
    public void customize(AutoConfigurationCustomizer customizer) {
        ThreadContext.prepare(); // the Java agent uses contexts before it asks for the resource
        customizer.addResourceCustomizer(ThreadContextAutoConfiguration::install);
    }

    /** Last, so that the resource is whole. */
    @Override
    public int order() {
        return Integer.MAX_VALUE;
    }

    private static Resource install(Resource resource, ConfigProperties settings) {
        if (settings.getBoolean(ENABLED, true)) {
            List<String> keys = settings.getList(ATTRIBUTES, Collections.singletonList(Key.HTTP_ROUTE));
            ThreadContext.builder()
                    .setResource(resource.getAttributes())
                    .setAttributeKeys(keys)
                    .install();
        }
        return resource;
    }
}
