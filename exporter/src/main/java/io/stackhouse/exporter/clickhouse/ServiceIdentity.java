package io.stackhouse.exporter.clickhouse;

import com.dynatrace.hash4j.hashing.Hashing;
import io.stackhouse.pipeline.batch.Attributes;
import io.stackhouse.pipeline.batch.TenantAttribute;

/**
 * Whose telemetry it is, as the keys of the tables have it. Each is empty when the resource does not say.
 *
 * @param tenant {@value TenantAttribute#KEY}
 * @param environment {@code deployment.environment.name}
 * @param namespace {@code service.namespace}
 * @param name {@code service.name}
 * @param version {@code service.version}
 * @param hash 64 bits of tenant, environment and name, which stacks are kept by
 */
record ServiceIdentity(String tenant, String environment, String namespace, String name, String version, long hash) {
    static ServiceIdentity of(Attributes resource) {
        String tenant = resource.text(TenantAttribute.KEY, "");
        String environment = resource.text("deployment.environment.name", resource.text("deployment.environment", ""));
        String name = resource.text("service.name", "");
        return new ServiceIdentity(
                tenant,
                environment,
                resource.text("service.namespace", ""),
                name,
                resource.text("service.version", ""),
                Hashing.xxh3_64().hashCharsToLong(tenant + '\0' + environment + '\0' + name));
    }
}
