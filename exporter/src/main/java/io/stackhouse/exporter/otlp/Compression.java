package io.stackhouse.exporter.otlp;

/** How requests are compressed. */
public enum Compression {
    NONE,
    GZIP,
    ZSTD;

    /** The name on the wire, for {@code Content-Encoding} and {@code grpc-encoding}. */
    String wireName() {
        return this == NONE ? "identity" : this == GZIP ? "gzip" : "zstd";
    }
}
