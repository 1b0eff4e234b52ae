package io.stackhouse.processor.servicename;

import java.util.List;

/**
 * Settings of {@code service_name}.
 *
 * @param sources attributes of the resource that may hold the name; the first that is there and not empty wins
 * @param replaceUnknown whether a name that begins with {@code unknown_service}, as SDKs give it, counts as none
 * @param setNamespace whether {@code service.namespace} is derived too
 * @param setVersion whether {@code service.version} is derived too
 * @param setInstanceId whether {@code service.instance.id} is derived too
 */
public record ServiceNameConfig(
        List<String> sources, boolean replaceUnknown, boolean setNamespace, boolean setVersion, boolean setInstanceId) {
    public ServiceNameConfig {
        sources = List.copyOf(sources);
        for (String source : sources) {
            if (source.isBlank() || source.equals("service.name")) {
                throw new IllegalArgumentException(
                        "sources must be keys of attributes other than service.name, not '" + source + "'");
            }
        }
    }
}
