package io.stackhouse.receiver.otlp;

/** What a request came by; names as in the label {@code transport}. */
enum Transport {
    GRPC("grpc"),
    HTTP("http");

    private final String label;

    Transport(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }
}
