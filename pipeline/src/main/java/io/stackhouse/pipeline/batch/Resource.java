package io.stackhouse.pipeline.batch;

/**
 * What produced telemetry. One owner at a time, as its batch.
 */
public final class Resource {
    private final Attributes attributes;
    private final String schemaUrl;

    public Resource(Attributes attributes, String schemaUrl) {
        this.attributes = attributes;
        this.schemaUrl = schemaUrl;
    }

    /** One that can be changed without this one. */
    public Resource copy() {
        return new Resource(new Attributes(attributes), schemaUrl);
    }

    /** May be changed by the batch's owner. */
    public Attributes attributes() {
        return attributes;
    }

    /** Empty when it has none. */
    public String schemaUrl() {
        return schemaUrl;
    }
}
