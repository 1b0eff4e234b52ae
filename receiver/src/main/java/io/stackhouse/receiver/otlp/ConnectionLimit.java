package io.stackhouse.receiver.otlp;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Counts open connections, all and by peer, and says when there are too many. IPv6 peers count by their /64, which is what one
 * machine commonly has. Any thread; as many entries as connections at most.
 */
final class ConnectionLimit {
    private static final int IPV6_PREFIX_BYTES = 8;

    private final int maxConnections;
    private final int maxConnectionsPerPeer;
    private final Map<InetAddress, Integer> perPeer = new HashMap<>();
    private int connections;

    ConnectionLimit(int maxConnections, int maxConnectionsPerPeer) {
        this.maxConnections = maxConnections;
        this.maxConnectionsPerPeer = maxConnectionsPerPeer;
    }

    /** Counts a connection; returns null, or the limit that forbids it, and then it isn't counted. */
    synchronized @Nullable HttpLimit open(InetAddress address) {
        InetAddress peer = peer(address);
        int open = perPeer.getOrDefault(peer, 0);
        if (open >= maxConnectionsPerPeer) {
            return HttpLimit.MAX_CONNECTIONS_PER_PEER;
        }
        if (connections >= maxConnections) {
            return HttpLimit.MAX_CONNECTIONS;
        }
        connections++;
        perPeer.put(peer, open + 1);
        return null;
    }

    /** To be called once for each that was counted. */
    synchronized void close(InetAddress address) {
        connections--;
        perPeer.computeIfPresent(peer(address), (peer, open) -> open == 1 ? null : open - 1);
    }

    private static InetAddress peer(InetAddress address) {
        if (!(address instanceof Inet6Address)) {
            return address;
        }
        byte[] prefix = address.getAddress();
        Arrays.fill(prefix, IPV6_PREFIX_BYTES, prefix.length, (byte) 0);
        try {
            return InetAddress.getByAddress(prefix);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of " + prefix.length + " bytes", e);
        }
    }
}
