package io.stackhouse.receiver.otlp;

import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * Where to listen, as a configuration says it: {@code localhost:4317}, {@code 0.0.0.0:4317}, {@code [::1]:4317}, {@code :4317} for
 * all addresses.
 *
 * @param host empty for all addresses
 * @param port 0 for any free one
 */
record Endpoint(String host, int port) {
    private static final int MAX_PORT = 65_535;

    static Endpoint parse(String text) {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        boolean isBracketed = host.startsWith("[") && host.endsWith("]");
        int port = colon < 0 ? -1 : port(text.substring(colon + 1));
        if (port < 0 || port > MAX_PORT || (host.indexOf(':') >= 0 && !isBracketed)) {
            throw new IllegalArgumentException("endpoint '" + text
                    + "' is no address; write host:port such as localhost:4317, 0.0.0.0:4317 or [::1]:4317");
        }
        return new Endpoint(isBracketed ? host.substring(1, host.length() - 1) : host, port);
    }

    private static int port(String digits) {
        try {
            return Integer.parseInt(digits);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    InetSocketAddress address() {
        return host.isEmpty() ? new InetSocketAddress(port) : new InetSocketAddress(host, port);
    }

    /** Whether only this machine can reach it. */
    boolean isLocal() {
        InetAddress address = address().getAddress();
        return address != null && address.isLoopbackAddress();
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
