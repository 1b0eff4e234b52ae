package io.stackhouse.receiver.otlp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * An HTTP/2 client with prior knowledge that writes frames one by one, right or wrong ones, and keeps what comes back. One
 * thread.
 */
final class Http2Wire implements AutoCloseable {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int PRIORITY = 2;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;
    static final int ACK = 1;
    static final int END_STREAM = 1;
    static final int END_HEADERS = 4;
    static final int ENHANCE_YOUR_CALM = 11;
    static final int REFUSED_STREAM = 7;
    private static final int INITIAL_WINDOW_SIZE = 4;
    private static final int MAX_FRAME_BYTES = 16_384;
    private static final int FIRST_WINDOW_BYTES = 65_535;

    /** What came on one stream. */
    static final class Answer {
        int status;
        Http2Headers headers = new DefaultHttp2Headers();
        final ByteArrayOutputStream body = new ByteArrayOutputStream();
        boolean isEnded;
        int resetCode = -1;

        private boolean isOver() {
            return isEnded || resetCode >= 0;
        }
    }

    private final Socket socket;
    private final ByteArrayOutputStream pending = new ByteArrayOutputStream();
    private final DataInputStream in;
    private final DefaultHttp2HeadersEncoder encoder = new DefaultHttp2HeadersEncoder();
    private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false);
    private final Map<Integer, Answer> answers = new HashMap<>();
    private final Map<Integer, Integer> windowChanges = new HashMap<>();
    private int initialWindowBytes = FIRST_WINDOW_BYTES;
    private int goAwayCode = -1;
    private boolean isClosed;

    Http2Wire(int port) throws IOException {
        this(port, true);
    }

    /** @param isPolite whether settings are sent and acknowledged */
    Http2Wire(int port, boolean isPolite) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(10_000);
        in = new DataInputStream(socket.getInputStream());
        pending.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        frame(SETTINGS, 0, 0);
        if (isPolite) {
            frame(SETTINGS, ACK, 0);
        }
        flush();
    }

    /** How long a read waits for the server; 10 s when nothing else was said. */
    void waitFor(Duration patience) throws IOException {
        socket.setSoTimeout(Math.toIntExact(patience.toMillis()));
    }

    /** Puts a frame among those that the next flush sends. */
    void frame(int type, int flags, int stream, byte... payload) {
        ByteBuffer header = ByteBuffer.allocate(9);
        header.putInt(payload.length << 8 | type).put((byte) flags).putInt(stream);
        pending.writeBytes(header.array());
        pending.writeBytes(payload);
    }

    static byte[] bytes(int number) {
        return ByteBuffer.allocate(4).putInt(number).array();
    }

    byte[] block(int stream, Http2Headers headers) {
        ByteBuf out = Unpooled.buffer();
        try {
            encoder.encodeHeaders(stream, headers, out);
            return ByteBufUtil.getBytes(out);
        } catch (Http2Exception e) {
            throw new IllegalStateException(e);
        } finally {
            out.release();
        }
    }

    static Http2Headers post(String path) {
        return new DefaultHttp2Headers()
                .method("POST")
                .scheme("http")
                .authority("localhost")
                .path(path)
                .set("content-type", "application/x-protobuf");
    }

    void request(int stream, Http2Headers headers, byte[] body) {
        frame(HEADERS, END_HEADERS, stream, block(stream, headers));
        frame(DATA, END_STREAM, stream, body);
    }

    /** Sends a body to its end, as the server's windows allow. */
    void body(int stream, byte[] body) throws IOException {
        int at = 0;
        while (at < body.length && !answer(stream).isOver()) {
            int room = Math.min(window(0), window(stream));
            if (room == 0) {
                flush();
                readFrame();
                continue;
            }
            int count = Math.min(room, Math.min(body.length - at, MAX_FRAME_BYTES));
            frame(DATA, at + count == body.length ? END_STREAM : 0, stream, Arrays.copyOfRange(body, at, at + count));
            at += count;
            windowChanges.merge(0, -count, Integer::sum);
            windowChanges.merge(stream, -count, Integer::sum);
        }
        flush();
    }

    private int window(int stream) {
        int first = stream == 0 ? FIRST_WINDOW_BYTES : initialWindowBytes;
        return first + windowChanges.getOrDefault(stream, 0);
    }

    void flush() throws IOException {
        byte[] bytes = pending.toByteArray();
        pending.reset();
        socket.getOutputStream().write(bytes);
    }

    /** Like flush, for a server that may close meanwhile. */
    void flushUnlessClosed() {
        try {
            flush();
        } catch (IOException e) {
            isClosed = true;
        }
    }

    /** Reads until a stream is over. */
    Answer await(int stream) throws IOException {
        while (!answer(stream).isOver()) {
            readFrame();
        }
        return answer(stream);
    }

    Answer answer(int stream) {
        return answers.computeIfAbsent(stream, absent -> new Answer());
    }

    /** Reads until the server closes; returns the code of its GOAWAY, -1 when there was none. */
    int awaitClose() throws IOException {
        try {
            while (true) {
                readFrame();
            }
        } catch (EOFException | SocketException e) {
            return goAwayCode;
        }
    }

    /** Sends a PING and reads until its answer. */
    void ping() throws IOException {
        frame(PING, 0, 0, new byte[8]);
        flush();
        while (readFrame() != PING) {
            // what came before
        }
    }

    int readFrame() throws IOException {
        int word = in.readInt();
        int type = word & 0xff;
        int flags = in.readUnsignedByte();
        int stream = in.readInt();
        byte[] payload = in.readNBytes(word >>> 8);
        if (type == GOAWAY) {
            goAwayCode = ByteBuffer.wrap(payload).getInt(4);
        } else if (type == RST_STREAM) {
            answer(stream).resetCode = ByteBuffer.wrap(payload).getInt();
        } else if (type == DATA) {
            answer(stream).body.writeBytes(payload);
            answer(stream).isEnded |= (flags & END_STREAM) != 0;
        } else if (type == WINDOW_UPDATE) {
            windowChanges.merge(stream, ByteBuffer.wrap(payload).getInt(), Integer::sum);
        } else if (type == SETTINGS) {
            settings(ByteBuffer.wrap(payload));
        } else if (type == HEADERS) {
            headers(stream, flags, payload);
        }
        return type;
    }

    private void settings(ByteBuffer payload) {
        while (payload.hasRemaining()) {
            int id = payload.getShort();
            int value = payload.getInt();
            if (id == INITIAL_WINDOW_SIZE) {
                initialWindowBytes = value;
            }
        }
    }

    private void headers(int stream, int flags, byte[] payload) {
        try {
            Http2Headers headers = decoder.decodeHeaders(stream, Unpooled.wrappedBuffer(payload));
            Answer answer = answer(stream);
            answer.headers = headers;
            if (headers.status() != null) { // trailers have none
                answer.status = Integer.parseInt(headers.status().toString());
            }
            answer.isEnded |= (flags & END_STREAM) != 0;
        } catch (Http2Exception e) {
            throw new IllegalStateException(e);
        }
    }

    boolean isClosed() {
        return isClosed;
    }

    /** Closes before the end of the test. */
    void hangUp() throws IOException {
        close();
    }

    @Override
    public void close() throws IOException {
        encoder.close();
        socket.close();
    }
}
