package io.stackhouse.pipeline.batch;

/**
 * How a tenant travels with its telemetry: as an attribute of each resource, so that no stage that merges or splits batches can
 * mix tenants, and the next hop knows it too. Stateless.
 */
public final class TenantAttribute {
    /** The resource attribute that names the tenant. */
    public static final String KEY = "stackhouse.tenant";

    private TenantAttribute() {}

    /** Writes the tenant of a receiver over what the batch's resources say; '' leaves them as they are. The caller owns the batch. */
    public static void put(String tenant, Batch batch) {
        if (tenant.isEmpty()) {
            return;
        }
        AttributeValue value = AttributeValue.of(tenant);
        if (batch instanceof ProfileBatch profiles) {
            for (int i = 0; i < profiles.resourceCount(); i++) {
                profiles.resource(i).attributes().put(KEY, value);
            }
        } else if (batch instanceof SpanBatch spans) {
            for (SpanBatch.SpanGroup group : spans.groups()) {
                group.resource().attributes().put(KEY, value);
            }
        }
    }
}
