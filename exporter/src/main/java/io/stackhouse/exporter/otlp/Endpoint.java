package io.stackhouse.exporter.otlp;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/**
 * Where the next hop listens.
 *
 * @param isTls whether TLS is spoken there
 */
record Endpoint(String host, int port, boolean isTls) {
    private static final int GRPC_PORT = 4317;

    /**
     * {@code host:port}, {@code http://host:port} or {@code https://host:port}. Throws IllegalArgumentException that begins with the key.
     *
     * @param isTlsByDefault what holds without a scheme
     */
    static Endpoint ofGrpc(String text, boolean isTlsByDefault) {
        boolean hasScheme = text.contains("://");
        URI uri = uri("endpoint", hasScheme ? text : "none://" + text, text, "host:4317, http://host:4317");
        String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
        boolean isKnown = scheme.equals("http") || scheme.equals("https") || !hasScheme;
        String path = uri.getPath() == null ? "" : uri.getPath();
        if (!isKnown || !(path.isEmpty() || path.equals("/"))) {
            throw new IllegalArgumentException(
                    "endpoint '" + text + "' is no address; write host:4317, http://host:4317 or https://host:4317");
        }
        boolean isTls = hasScheme ? scheme.equals("https") : isTlsByDefault;
        return new Endpoint(uri.getHost(), uri.getPort() < 0 ? GRPC_PORT : uri.getPort(), isTls);
    }

    /** An URL of http or https. Throws IllegalArgumentException that begins with the key. */
    static URI ofHttp(String key, String text) {
        URI uri = uri(key, text, text, "http://host:4318");
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw new IllegalArgumentException(
                    key + " '" + text + "' is no URL; write http://host:4318 or https://host:4318");
        }
        return uri;
    }

    private static URI uri(String key, String text, String written, String example) {
        try {
            URI uri = new URI(text);
            if (uri.getHost() != null && uri.getUserInfo() == null && uri.getPort() <= 65_535) {
                return uri;
            }
        } catch (URISyntaxException e) {
            // Told below, without the cause: it says the same at length.
        }
        throw new IllegalArgumentException(
                key + " '" + written + "' is no address; write " + example + " or https://…");
    }

    @Override
    public String toString() {
        return (isTls ? "https://" : "http://") + host + ":" + port;
    }
}
