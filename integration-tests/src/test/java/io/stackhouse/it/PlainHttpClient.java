package io.stackhouse.it;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.jspecify.annotations.Nullable;

/**
 * Posts over HTTP/1.1 with as little between it and the sockets as can be, so that what is measured is the server: the caller's own thread
 * writes, and a thread of each connection reads its answers. There are as many connections as there were requests open at one time.
 *
 * <p>One thread posts; answers come on others. {@link #close} ends the connections and their threads.
 */
final class PlainHttpClient implements AutoCloseable {
    /** Gets the answer to one request, once. */
    @FunctionalInterface
    interface Answer {
        /**
         * Takes the answer.
         *
         * @param status of HTTP, or 0 when there was no answer
         * @param error why there was none
         */
        void arrived(int status, @Nullable IOException error);
    }

    private final int port;
    private final String head;
    private final ConcurrentLinkedDeque<Connection> idle = new ConcurrentLinkedDeque<>();
    private final List<Connection> connections = new ArrayList<>();

    PlainHttpClient(int port, String path, String contentType) {
        this.port = port;
        this.head = "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + contentType
                + "\r\nContent-Length: ";
    }

    /** Sends a body; returns once it is written. */
    void post(byte[] body, Answer answer) {
        // The one used last, whose server side is least likely to have given it up.
        Connection connection = idle.pollLast();
        try {
            if (connection == null) {
                connection = new Connection();
                connections.add(connection);
            }
            connection.send(body, answer);
        } catch (IOException e) {
            answer.arrived(0, e);
        }
    }

    @Override
    public void close() throws IOException {
        for (Connection connection : connections) {
            connection.socket.close();
        }
    }

    private final class Connection {
        private final Socket socket = new Socket();
        private final InputStream in;
        private volatile @Nullable Answer waiting;

        Connection() throws IOException {
            socket.setTcpNoDelay(true);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            in = new BufferedInputStream(socket.getInputStream());
            Thread reader = new Thread(this::read, "answers " + socket.getLocalPort());
            reader.setDaemon(true);
            reader.start();
        }

        void send(byte[] body, Answer answer) throws IOException {
            byte[] start = (head + body.length + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
            byte[] request = new byte[start.length + body.length];
            System.arraycopy(start, 0, request, 0, start.length);
            System.arraycopy(body, 0, request, start.length, body.length);
            waiting = answer;
            socket.getOutputStream().write(request);
        }

        private void read() {
            try {
                while (true) {
                    int status = readAnswer();
                    Answer answer = waiting;
                    waiting = null;
                    idle.addLast(this);
                    if (answer != null) {
                        answer.arrived(status, null);
                    }
                }
            } catch (IOException e) {
                idle.remove(this);
                Answer answer = waiting;
                if (answer != null) {
                    answer.arrived(0, e);
                }
            }
        }

        private int readAnswer() throws IOException {
            String statusLine = line();
            int status = Integer.parseInt(statusLine.substring(9, 12));
            int length = 0;
            for (String line = line(); !line.isEmpty(); line = line()) {
                String lower = line.toLowerCase(Locale.ROOT);
                if (lower.startsWith("content-length:")) {
                    length = Integer.parseInt(lower.substring(15).trim());
                }
            }
            in.skipNBytes(length);
            return status;
        }

        private String line() throws IOException {
            StringBuilder line = new StringBuilder();
            for (int c = in.read(); c != '\n'; c = in.read()) {
                if (c < 0) {
                    throw new EOFException("the connection ended");
                }
                if (c != '\r') {
                    line.append((char) c);
                }
            }
            return line.toString();
        }
    }
}
