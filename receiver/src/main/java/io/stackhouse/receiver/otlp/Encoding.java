package io.stackhouse.receiver.otlp;

import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How a body is compressed; names as in {@code Content-Encoding} and {@code grpc-encoding}. */
enum Encoding {
    IDENTITY("identity"),
    GZIP("gzip", "x-gzip"),
    ZSTD("zstd"),
    /** zlib, and deflate without zlib's frame, as many send it under the same name. */
    DEFLATE("deflate", "zlib"),
    /** A block or frames; they begin differently. */
    SNAPPY("snappy", "x-snappy-framed"),
    LZ4("lz4");

    private final String label;
    private final String alias;

    Encoding(String label) {
        this(label, label);
    }

    Encoding(String label, String alias) {
        this.label = label;
        this.alias = alias;
    }

    /** The name it has in the specification. */
    String label() {
        return label;
    }

    /** All names it is known by. */
    Set<String> names() {
        return label.equals(alias) ? Set.of(label) : Set.of(label, alias);
    }

    /**
     * The encoding that a header names.
     *
     * @param header null when there is none
     * @return null when it is unknown, or more than one, which nobody needs and which makes bombs stronger
     */
    static @Nullable Encoding of(@Nullable String header) {
        String name = header == null ? "" : header.strip().toLowerCase(Locale.ROOT);
        if (name.isEmpty()) {
            return IDENTITY;
        }
        for (Encoding encoding : values()) {
            if (name.equals(encoding.label) || name.equals(encoding.alias)) {
                return encoding;
            }
        }
        return null;
    }

    /** All names, for messages. */
    static String known() {
        return Arrays.stream(values()).map(Encoding::label).collect(Collectors.joining(", "));
    }
}
