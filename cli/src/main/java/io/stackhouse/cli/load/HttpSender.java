package io.stackhouse.cli.load;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Posts over HTTP/1.1 with as little between it and the sockets as can be, so that what is measured is the server: the caller's thread writes, and a thread of each connection reads its answers. There are as many
 * connections as there were requests open at one time. Answers need a Content-Length.
 */
public final class HttpSender implements Sender {

    private static final int OK = 200;
    private static final int TOO_MANY = 429;
    private static final int UNAVAILABLE = 503;

    private final InetSocketAddress address;
    private final byte[] head;
    private final boolean isGzip;
    private final ConcurrentLinkedDeque<Connection> idle = new ConcurrentLinkedDeque<>();
    private final List<Connection> connections = new CopyOnWriteArrayList<>();

    /**
     * Connects with the first requests.
     *
     * @param path where to post to
     */
    public HttpSender(String host, int port, String path, boolean isGzip) {
        this.address = new InetSocketAddress(host, port);
        this.isGzip = isGzip;
        String text = "POST " + path + " HTTP/1.1\r\nHost: " + host + ":" + port
                + "\r\nContent-Type: application/x-protobuf\r\n" + (isGzip ? "Content-Encoding: gzip\r\n" : "")
                + "Content-Length: ";
        this.head = text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public void send(byte[] body, Listener listener) {
        // The one used last, whose server side is least likely to have given it up.
        Connection connection = idle.pollLast();
        try {
            if (connection == null) {
                connection = new Connection();
                connections.add(connection);
            }
            connection.send(isGzip ? gzip(body) : body, listener);
        } catch (IOException e) {
            if (connection == null) {
                listener.answered(none(e));
            } else {
                connection.fail(e);
            }
        }
    }

    @Override
    public void close() {
        for (Connection connection : connections) {
            connection.closeSocket();
        }
    }

    private static Answer none(IOException e) {
        return new Answer(Answer.Kind.NONE, 0, e.toString());
    }

    private static byte[] gzip(byte[] body) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(body.length / 4);
        try (GZIPOutputStream gzip = new FastGzip(out)) {
            gzip.write(body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static final class FastGzip extends GZIPOutputStream {
        FastGzip(ByteArrayOutputStream out) throws IOException {
            super(out, 1 << 16);
            def.setLevel(Deflater.BEST_SPEED);
        }
    }

    private final class Connection {
        private final Socket socket = new Socket();
        private final InputStream in;
        private final AtomicReference<@Nullable Listener> waiting = new AtomicReference<>();
        private long retryAfterSeconds;

        Connection() throws IOException {
            socket.setTcpNoDelay(true);
            socket.connect(address);
            in = new BufferedInputStream(socket.getInputStream());
            Thread reader = new Thread(this::read, "load-answers-" + socket.getLocalPort());
            reader.setDaemon(true);
            reader.start();
        }

        void send(byte[] body, Listener listener) throws IOException {
            waiting.set(listener);
            byte[] length = (body.length + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
            byte[] request = new byte[head.length + length.length + body.length];
            System.arraycopy(head, 0, request, 0, head.length);
            System.arraycopy(length, 0, request, head.length, length.length);
            System.arraycopy(body, 0, request, head.length + length.length, body.length);
            socket.getOutputStream().write(request);
        }

        /** The request that waits, if any, has no answer; the connection is of no use any more. */
        void fail(IOException e) {
            idle.remove(this);
            connections.remove(this);
            closeSocket();
            Listener listener = waiting.getAndSet(null);
            if (listener != null) {
                listener.answered(none(e));
            }
        }

        void closeSocket() {
            try {
                socket.close();
            } catch (IOException e) {
                // It is not used any more in any case.
            }
        }

        private void read() {
            try {
                while (true) {
                    Answer answer = answer(readAnswer());
                    Listener listener = waiting.getAndSet(null);
                    idle.addLast(this);
                    if (listener != null) {
                        listener.answered(answer);
                    }
                }
            } catch (IOException | RuntimeException e) {
                fail(e instanceof IOException io ? io : new IOException("not an answer of HTTP: " + e, e));
            }
        }

        private Answer answer(int status) {
            if (status == OK) {
                return Answer.ACCEPTED;
            }
            boolean isRefusal = status == TOO_MANY || status == UNAVAILABLE;
            return new Answer(
                    isRefusal ? Answer.Kind.REFUSED : Answer.Kind.REJECTED,
                    TimeUnit.SECONDS.toNanos(retryAfterSeconds),
                    "HTTP status " + status);
        }

        private int readAnswer() throws IOException {
            String statusLine = line();
            int status = Integer.parseInt(statusLine.substring(9, 12));
            int length = 0;
            retryAfterSeconds = 0;
            for (String line = line(); !line.isEmpty(); line = line()) {
                String lower = line.toLowerCase(Locale.ROOT);
                if (lower.startsWith("content-length:")) {
                    length = Integer.parseInt(
                            lower.substring("content-length:".length()).trim());
                } else if (lower.startsWith("retry-after:")) {
                    retryAfterSeconds = Long.parseLong(
                            lower.substring("retry-after:".length()).trim());
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
