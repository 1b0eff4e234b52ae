package io.stackhouse.receiver.otlp;

import java.io.IOException;
import java.net.InetSocketAddress;

/** One protocol's port. One thread, the receiver's. */
interface Listener {
    /** Opens the port and says where it is; throws when it can't be had. */
    InetSocketAddress start() throws IOException;

    /** Takes no new connections and calls; goes on with those that are there. */
    void stopAccepting();

    /** Waits for answers for a bounded time, then closes what is left. */
    void close();
}
