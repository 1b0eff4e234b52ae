package io.stackhouse.collector.admin;

/**
 * Bounds of the JDK's HTTP server, which only takes them as system properties, once, before its first use: metrics, health and zpages
 * are served by it. Stateless.
 */
public final class HttpServerLimits {
    private static final String PREFIX = "sun.net.httpserver.";

    private HttpServerLimits() {}

    /** Sets what nobody has set: seconds for a request to arrive and for an answer to be taken, connections kept open. */
    public static void apply() {
        setUnlessGiven(PREFIX + "maxReqTime", "10");
        setUnlessGiven(PREFIX + "maxRspTime", "30");
        setUnlessGiven(PREFIX + "maxIdleConnections", "20");
        setUnlessGiven("jdk.httpserver.maxConnections", "200");
    }

    private static void setUnlessGiven(String key, String value) {
        if (System.getProperty(key) == null) {
            System.setProperty(key, value);
        }
    }
}
