package io.stackhouse.pipeline.batch;

/**
 * The instrumentation scope that telemetry was made by. Each field is empty when absent.
 */
public record Scope(String name, String version, Attributes attributes, String schemaUrl) {}
