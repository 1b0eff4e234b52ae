package io.stackhouse.receiver.otlp;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Locale;

/** An HTTP/1.1 client that sends whatever it is given, right or wrong. One thread. */
final class Http1Wire implements AutoCloseable {
    private static final int STEP_MILLIS = 20;

    private final Socket socket = new Socket();
    private final InputStream in;
    private String head = "";
    private byte[] body = new byte[0];
    private int ahead;
    private boolean isAhead;
    private boolean isReset;

    Http1Wire(int port) throws IOException {
        this(port, 0);
    }

    /** @param receiveBytes the receive buffer, 0 for the system's */
    Http1Wire(int port, int receiveBytes) throws IOException {
        if (receiveBytes > 0) {
            socket.setReceiveBufferSize(receiveBytes);
        }
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        socket.setSoTimeout(10_000);
        in = new BufferedInputStream(socket.getInputStream());
    }

    static byte[] post(String path, byte[] body) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(head(path, body.length, ""));
        out.writeBytes(body);
        return out.toByteArray();
    }

    static byte[] head(String path, int length, String more) {
        return ("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-protobuf\r\n" + more
                        + "Content-Length: " + length + "\r\n\r\n")
                .getBytes(US_ASCII);
    }

    Http1Wire send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    Http1Wire send(String text) throws IOException {
        return send(text.getBytes(US_ASCII));
    }

    /** Sends a part every 20 ms until something comes back, the end of the connection included, or it was sent so often. */
    void dribble(byte[] part, int times) throws IOException {
        socket.setSoTimeout(STEP_MILLIS);
        for (int i = 0; i < times && !isAhead && !isReset; i++) {
            try {
                socket.getOutputStream().write(part);
                ahead = in.read();
                isAhead = true;
            } catch (SocketTimeoutException e) {
                isAhead = false;
            } catch (IOException e) {
                isReset = true;
            }
        }
        socket.setSoTimeout(10_000);
    }

    private int read() throws IOException {
        if (isAhead) {
            isAhead = false;
            return ahead;
        }
        return in.read();
    }

    /** Reads one whole response and returns its status. */
    int status() throws IOException {
        return status(true);
    }

    /** The same for the answer to HEAD, whose body isn't sent. */
    int statusOfHead() throws IOException {
        return status(false);
    }

    private int status(boolean hasBody) throws IOException {
        StringBuilder text = new StringBuilder();
        while (text.indexOf("\r\n\r\n") < 0) {
            int c = read();
            if (c < 0) {
                throw new EOFException("the response ended early: " + text);
            }
            text.append((char) c);
        }
        head = text.toString();
        int length = 0;
        for (String line : head.lines().toList()) {
            if (hasBody && line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                length = Integer.parseInt(line.substring(line.indexOf(':') + 1).strip());
            }
        }
        body = in.readNBytes(length);
        if (body.length < length) {
            throw new EOFException("the response's body ended early: " + text);
        }
        return Integer.parseInt(head.substring(9, 12));
    }

    /** The last response's status line and headers. */
    String responseHead() {
        return head.toLowerCase(Locale.ROOT);
    }

    byte[] responseBody() {
        return body;
    }

    /** Whether the server ends the connection now, without another byte. */
    boolean isEnded() throws IOException {
        if (isReset) {
            return true;
        }
        try {
            return read() == -1;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    void endOutput() throws IOException {
        socket.shutdownOutput();
    }

    /** Closes before the end of the test. */
    void hangUp() throws IOException {
        close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
