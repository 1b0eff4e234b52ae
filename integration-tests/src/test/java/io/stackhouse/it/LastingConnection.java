package io.stackhouse.it;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceRequest;
import io.opentelemetry.proto.collector.profiles.v1development.ProfilesServiceGrpc;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import io.stackhouse.it.NumberedClient.Outcome;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** A client with one connection, which never opens a second one: when the server closes it, sending fails. One thread. */
interface LastingConnection extends AutoCloseable {
    /** Sends and waits for the answer; throws when there is none, or the connection has ended. */
    Outcome send(ExportTraceServiceRequest request) throws IOException;

    /** The same for profiles. */
    Outcome send(ExportProfilesServiceRequest request) throws IOException;

    @Override
    void close();

    /** HTTP/1.1 on a plain socket. */
    final class Http implements LastingConnection {
        private final Socket socket;
        private final InputStream in;

        Http(int port) throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(30_000);
            in = new BufferedInputStream(socket.getInputStream());
        }

        @Override
        public Outcome send(ExportTraceServiceRequest request) throws IOException {
            return send("/v1/traces", request.toByteArray());
        }

        @Override
        public Outcome send(ExportProfilesServiceRequest request) throws IOException {
            return send("/v1development/profiles", request.toByteArray());
        }

        private Outcome send(String path, byte[] body) throws IOException {
            String head = "POST " + path
                    + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-protobuf\r\nContent-Length: "
                    + body.length + "\r\n\r\n";
            byte[] start = head.getBytes(StandardCharsets.US_ASCII);
            byte[] message = new byte[start.length + body.length];
            System.arraycopy(start, 0, message, 0, start.length);
            System.arraycopy(body, 0, message, start.length, body.length);
            OutputStream out = socket.getOutputStream();
            out.write(message);
            out.flush();
            return answer();
        }

        private Outcome answer() throws IOException {
            String status = line();
            int length = 0;
            for (String header = line(); !header.isEmpty(); header = line()) {
                String lower = header.toLowerCase(Locale.ROOT);
                if (lower.startsWith("content-length:")) {
                    length = Integer.parseInt(lower.substring(15).strip());
                }
                if (lower.startsWith("connection:") && lower.contains("close")) {
                    throw new IOException("the server wants to close the connection: " + status);
                }
            }
            if (in.readNBytes(length).length < length) {
                throw new EOFException("the connection was closed in an answer");
            }
            if (status.startsWith("HTTP/1.1 200")) {
                return Outcome.ACCEPTED;
            }
            if (status.startsWith("HTTP/1.1 503")) {
                return Outcome.REFUSED;
            }
            throw new IOException("a good request was answered with " + status);
        }

        private String line() throws IOException {
            StringBuilder line = new StringBuilder();
            for (int c = in.read(); c != '\n'; c = in.read()) {
                if (c < 0) {
                    throw new EOFException("the connection was closed");
                }
                if (c != '\r') {
                    line.append((char) c);
                }
            }
            return line.toString();
        }

        @Override
        public void close() {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** gRPC; the channel tells when its connection was lost or is to be left. */
    final class Grpc implements LastingConnection {
        private final ManagedChannel channel;

        Grpc(int port) {
            channel = NettyChannelBuilder.forAddress("127.0.0.1", port)
                    .usePlaintext()
                    .disableRetry()
                    .build();
        }

        @Override
        public Outcome send(ExportTraceServiceRequest request) throws IOException {
            return outcome(() -> TraceServiceGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(30, TimeUnit.SECONDS)
                    .export(request));
        }

        @Override
        public Outcome send(ExportProfilesServiceRequest request) throws IOException {
            return outcome(() -> ProfilesServiceGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(30, TimeUnit.SECONDS)
                    .export(request));
        }

        private Outcome outcome(Runnable call) throws IOException {
            try {
                call.run();
            } catch (StatusRuntimeException e) {
                boolean isRefusal = e.getTrailers() != null && e.getTrailers().containsKey(RETRY);
                if (isRefusal) {
                    return Outcome.REFUSED;
                }
                throw new IOException("a good request was answered with " + e.getStatus(), e);
            }
            ConnectivityState state = channel.getState(false);
            if (state != ConnectivityState.READY) {
                throw new IOException("the connection is " + state);
            }
            return Outcome.ACCEPTED;
        }

        private static final io.grpc.Metadata.Key<byte[]> RETRY =
                io.grpc.Metadata.Key.of("grpc-status-details-bin", io.grpc.Metadata.BINARY_BYTE_MARSHALLER);

        @Override
        public void close() {
            channel.shutdownNow();
        }
    }
}
