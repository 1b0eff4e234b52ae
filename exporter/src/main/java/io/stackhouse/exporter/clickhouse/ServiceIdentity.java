package io.stackhouse.exporter.clickhouse;

import com.dynatrace.hash4j.hashing.Hashing;
import io.stackhouse.pipeline.batch.Attributes;

/**
 * Whose telemetry it is, as the keys of the tables have it. Each is empty when the resource does not say.
 *
 * @param tenant always empty for now
 * @param environment {@code deployment.environment.name}
 * @param namespace {@code service.namespace}
 * @param name {@code service.name}
 * @param version {@code service.version}
 * @param hash 64 bits of tenant and name, which stacks are kept by
 */
record ServiceIdentity(String tenant, String environment, String namespace, String name, String version, long hash) {
    private static final String NO_TENANT = "";

    static ServiceIdentity of(Attributes resource) {
        String name = resource.text("service.name", "");
        return new ServiceIdentity(
                NO_TENANT,
                resource.text("deployment.environment.name", resource.text("deployment.environment", "")),
                resource.text("service.namespace", ""),
                name,
                resource.text("service.version", ""),
                Hashing.xxh3_64().hashCharsToLong(NO_TENANT + '\0' + name));
    }
}
