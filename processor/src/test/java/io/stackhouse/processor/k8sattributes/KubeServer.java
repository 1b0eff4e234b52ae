package io.stackhouse.processor.k8sattributes;

import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * As much of a Kubernetes API server as lists and watches pods: JSON over HTTP/1.1 in pages, and events over WebSockets, on a real socket.
 * Any thread.
 */
final class KubeServer implements AutoCloseable {
    private static final String WEB_SOCKET_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private final Map<String, String> pods = new LinkedHashMap<>();
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private final List<Socket> watches = new CopyOnWriteArrayList<>();
    final List<String> requests = new CopyOnWriteArrayList<>();
    private final int port;
    private @Nullable ServerSocket listening;
    private volatile int status = 200;
    private volatile int pageSize = Integer.MAX_VALUE;
    private volatile CountDownLatch mayList = new CountDownLatch(0);
    private final List<Event> events = new ArrayList<>();
    private int version = 100;

    private record Event(int version, String text) {}

    KubeServer() {
        this.port = listen(0);
    }

    private int listen(int wanted) {
        try {
            ServerSocket socket = new ServerSocket();
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), wanted));
            listening = socket;
            Thread thread = new Thread(() -> accept(socket), "kube-server");
            thread.setDaemon(true);
            thread.start();
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String url() {
        return "http://127.0.0.1:" + port;
    }

    /** Answers with this status instead of lists and watches. */
    void answer(int code) {
        status = code;
    }

    void pages(int size) {
        pageSize = size;
    }

    /** Lists are answered once the latch has opened. */
    void holdLists(CountDownLatch until) {
        mayList = until;
    }

    synchronized void add(String key, String pod) {
        String versioned = versioned(pod);
        boolean isNew = pods.put(key, versioned) == null;
        happened("{\"type\":\"" + (isNew ? "ADDED" : "MODIFIED") + "\",\"object\":" + versioned + "}");
    }

    synchronized void delete(String key) {
        String pod = String.valueOf(pods.remove(key));
        version++;
        String last = pod.replaceFirst("\"resourceVersion\":\"\\d+\"", "\"resourceVersion\":\"" + version + "\"");
        happened("{\"type\":\"DELETED\",\"object\":" + last + "}");
    }

    /** Takes a pod away without an event, as one that a watch missed. */
    synchronized void vanish(String key) {
        pods.remove(key);
    }

    private void happened(String event) {
        events.add(new Event(version, event));
        send(event);
    }

    private String versioned(String pod) {
        version++;
        return pod.replace("@VERSION@", String.valueOf(version));
    }

    /** Says that the watches' version is too old. */
    void gone() {
        send("{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\","
                + "\"message\":\"too old resource version\",\"reason\":\"Expired\",\"code\":410}}");
    }

    int watchCount() {
        return watches.size();
    }

    long lists() {
        return requests.stream().filter(line -> !line.contains("watch=true")).count();
    }

    /** Ends all connections at once, without a good-bye. */
    void cut() {
        for (Socket socket : open) {
            try {
                socket.setSoLinger(true, 0);
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        open.clear();
        watches.clear();
    }

    /** Goes away, with all connections. */
    void stop() {
        try {
            ServerSocket socket = listening;
            if (socket != null) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        cut();
    }

    /** Comes back on the same port, once it is free: a client that tried in vain may hold it for a moment. */
    void comeBack() {
        await().atMost(Duration.ofSeconds(20)).ignoreExceptions().until(() -> listen(port) == port);
    }

    private void accept(ServerSocket socket) {
        while (!socket.isClosed()) {
            try {
                Socket connection = socket.accept();
                open.add(connection);
                Thread thread = new Thread(() -> serve(connection), "kube-connection");
                thread.setDaemon(true);
                thread.start();
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket connection) {
        try {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.ISO_8859_1));
            String line = in.readLine();
            while (line != null) {
                Map<String, String> headers = headers(in);
                String target = URLDecoder.decode(line.split(" ")[1], StandardCharsets.UTF_8);
                requests.add(target);
                if (status != 200) {
                    answer(connection, status, "{\"kind\":\"Status\",\"code\":" + status + "}");
                } else if (target.contains("watch=true")) {
                    if (!upgrade(connection, headers, target)) {
                        answer(connection, 200, "");
                    }
                } else if (mayList.await(30, TimeUnit.SECONDS)) {
                    answer(connection, 200, list(target));
                }
                line = in.readLine();
            }
        } catch (IOException e) {
            // The connection was cut, here or there.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(connection);
            watches.remove(connection);
        }
    }

    private static Map<String, String> headers(BufferedReader in) throws IOException {
        Map<String, String> headers = new HashMap<>();
        for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).trim());
        }
        return headers;
    }

    private static void answer(Socket connection, int code, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        String head = "HTTP/1.1 " + code + " Said\r\nContent-Type: application/json\r\nContent-Length: " + bytes.length
                + "\r\n\r\n";
        OutputStream out = connection.getOutputStream();
        out.write(head.getBytes(StandardCharsets.ISO_8859_1));
        out.write(bytes);
        out.flush();
    }

    /** A watch sees all that happened since the version that it names. */
    private boolean upgrade(Socket connection, Map<String, String> headers, String target) throws IOException {
        String key = headers.get("sec-websocket-key");
        if (key == null) {
            return false;
        }
        String head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Accept: " + acceptance(key) + "\r\n\r\n";
        synchronized (this) {
            connection.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
            int since = Integer.parseInt(target.replaceAll(".*resourceVersion=(\\d+).*", "$1"));
            for (Event event : events) {
                if (event.version() > since) {
                    connection.getOutputStream().write(frame(event.text()));
                }
            }
            connection.getOutputStream().flush();
            watches.add(connection);
        }
        return true;
    }

    private static String acceptance(String key) {
        try {
            byte[] sum = MessageDigest.getInstance("SHA-1")
                    .digest((key + WEB_SOCKET_GUID).getBytes(StandardCharsets.ISO_8859_1));
            return Base64.getEncoder().encodeToString(sum);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private synchronized String list(String target) {
        List<String> all = new ArrayList<>(pods.values());
        int from = target.contains("continue=") ? Integer.parseInt(target.replaceAll(".*continue=(\\d+).*", "$1")) : 0;
        int to = (int) Math.min(all.size(), (long) from + pageSize);
        String next = to < all.size() ? "\"continue\":\"" + to + "\"," : "";
        return "{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"metadata\":{" + next + "\"resourceVersion\":\"" + version
                + "\"},\"items\":[" + String.join(",", all.subList(from, to)) + "]}";
    }

    /** One unmasked text frame to each watch. */
    private synchronized void send(String text) {
        for (Socket watch : watches) {
            try {
                watch.getOutputStream().write(frame(text));
                watch.getOutputStream().flush();
            } catch (IOException e) {
                // It has ended; the one who serves it takes it away.
            }
        }
    }

    private static byte[] frame(String text) {
        byte[] payload = text.getBytes(StandardCharsets.UTF_8);
        byte[] frame = new byte[4 + payload.length];
        frame[0] = (byte) 0x81;
        frame[1] = 126;
        frame[2] = (byte) (payload.length >>> 8);
        frame[3] = (byte) payload.length;
        System.arraycopy(payload, 0, frame, 4, payload.length);
        return frame;
    }

    @Override
    public void close() {
        stop();
    }
}
