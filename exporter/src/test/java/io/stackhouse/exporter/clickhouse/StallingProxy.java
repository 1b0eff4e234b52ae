package io.stackhouse.exporter.clickhouse;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/** A TCP proxy that can stop passing answers on, or cut connections once the request has gone through. */
final class StallingProxy implements AutoCloseable {
    enum Mode {
        PASS,
        STALL,
        CUT_ANSWERS
    }

    private final ServerSocket listener;
    private final int target;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final CountDownLatch firstLostAnswer = new CountDownLatch(1);
    private volatile Mode mode = Mode.PASS;

    StallingProxy(int targetPort) throws IOException {
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        target = targetPort;
        daemon(this::acceptAll);
    }

    String endpoint() {
        return "http://127.0.0.1:" + listener.getLocalPort();
    }

    void setMode(Mode newMode) {
        mode = newMode;
    }

    /** Waits until an answer was withheld or cut. */
    void awaitLostAnswer() throws InterruptedException {
        firstLostAnswer.await();
    }

    private void acceptAll() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
                sockets.add(client);
                sockets.add(server);
                daemon(() -> pump(client, server, false));
                daemon(() -> pump(server, client, true));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void pump(Socket from, Socket to, boolean isAnswer) {
        byte[] buffer = new byte[1 << 16];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                if (isAnswer && mode != Mode.PASS) {
                    firstLostAnswer.countDown();
                    if (mode == Mode.CUT_ANSWERS) {
                        return;
                    }
                    continue;
                }
                out.write(buffer, 0, read);
            }
        } catch (IOException e) {
            // A connection of a test ended.
        }
    }

    private static void daemon(Runnable task) {
        Thread thread = new Thread(task, "proxy");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        try {
            listener.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
