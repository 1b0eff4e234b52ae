package io.stackhouse.receiver;

import java.util.List;

/** A receiver with open ports. Any thread. */
public interface Listening {
    /**
     * The open ports; empty before the start and after the end.
     */
    List<Port> ports();

    /**
     * One open port.
     *
     * @param protocol what is spoken there, such as {@code grpc}
     * @param host the address it is bound to
     * @param port the number, also where the configuration said 0
     */
    record Port(String protocol, String host, int port) {
        @Override
        public String toString() {
            return protocol + " " + (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
        }
    }
}
