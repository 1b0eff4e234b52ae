package io.stackhouse.receiver.otlp;

/** Where a client was stopped; names as in the label {@code limit}, those of the settings. */
enum HttpLimit {
    MAX_CONNECTIONS("max_connections"),
    MAX_CONNECTIONS_PER_PEER("max_connections_per_peer"),
    MAX_HEADER_SIZE("max_header_size"),
    MAX_REQUEST_BODY_SIZE("max_request_body_size"),
    MIN_BODY_RATE("min_body_rate"),
    HANDSHAKE_TIMEOUT("handshake_timeout"),
    READ_HEADER_TIMEOUT("read_header_timeout"),
    READ_TIMEOUT("read_timeout"),
    WRITE_TIMEOUT("write_timeout"),
    IDLE_TIMEOUT("idle_timeout"),
    MAX_CONCURRENT_STREAMS("http2.max_concurrent_streams"),
    MAX_RESETS("http2.max_resets"),
    MAX_CONTROL_FRAMES("http2.max_control_frames"),
    MAX_QUEUED_CONTROL_FRAMES("http2.max_queued_control_frames"),
    MAX_EMPTY_FRAMES("http2.max_empty_frames"),
    MAX_CONTINUATIONS("http2.max_continuations");

    private final String label;

    HttpLimit(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }
}
