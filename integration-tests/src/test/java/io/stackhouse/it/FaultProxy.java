package io.stackhouse.it;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;

/** A TCP proxy on loopback that resets connections when told to: before a request has gone through whole, or before its answer has. Any thread. */
final class FaultProxy implements AutoCloseable {
    /** What happens to the next connection that something is sent on. */
    enum Fault {
        /** The first part of the request arrives, the rest doesn't. */
        BEFORE_THE_LAST_BYTE,
        /** The whole request arrives, its answer doesn't. */
        AFTER_THE_LAST_BYTE
    }

    private static final int CUT_BYTES = 3_000;

    private final ServerSocket listener;
    private final int target;
    private final AtomicInteger cutRequests = new AtomicInteger();
    private final AtomicInteger cutAnswers = new AtomicInteger();
    private final AtomicInteger resets = new AtomicInteger();

    FaultProxy(int targetPort) throws IOException {
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        target = targetPort;
        daemon(this::acceptAll);
    }

    String endpoint() {
        return "http://127.0.0.1:" + listener.getLocalPort();
    }

    void inject(Fault fault) {
        (fault == Fault.BEFORE_THE_LAST_BYTE ? cutRequests : cutAnswers).incrementAndGet();
    }

    /** Connections reset so far. */
    int resets() {
        return resets.get();
    }

    private void acceptAll() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                daemon(() -> connect(client));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void connect(Socket client) {
        try {
            Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
            daemon(() -> pump(client, server, cutRequests, CUT_BYTES));
            pump(server, client, cutAnswers, 0);
        } catch (IOException e) {
            close(client);
        }
    }

    /** Passes bytes on; resets both sides instead when one more than {@code passedBytes} comes and a fault waits. */
    private void pump(Socket from, Socket to, AtomicInteger faults, int passedBytes) {
        byte[] buffer = new byte[1 << 14];
        long passed = 0;
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                if (passed + read > passedBytes && take(faults)) {
                    out.write(buffer, 0, (int) Math.max(0, Math.min(read - 1, passedBytes - passed)));
                    resets.incrementAndGet();
                    reset(from);
                    reset(to);
                    return;
                }
                out.write(buffer, 0, read);
                passed += read;
            }
        } catch (IOException e) {
            // One side has ended; so does the other.
        }
        close(from);
        close(to);
    }

    private static boolean take(AtomicInteger faults) {
        return faults.getAndUpdate(count -> Math.max(0, count - 1)) > 0;
    }

    private static void reset(Socket socket) throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void daemon(Runnable task) {
        Thread thread = new Thread(task, "proxy");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
