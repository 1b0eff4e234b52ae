package io.stackhouse.collector.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stackhouse.pipeline.ServiceStatus;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.receiver.Listening;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that send or read slowly, or not at all, and many of them, don't keep others from the health and debugging pages. */
@Timeout(60)
class SlowClientsIT {
    private static final Duration LIFE = Duration.ofSeconds(PageServer.LIFE_SECONDS);
    private static final Duration SLACK = Duration.ofSeconds(10);

    private final List<Socket> sockets = new ArrayList<>();

    @AfterEach
    void hangUp() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    @Test
    void healthCheckAnswersBesideHundredsOfThem() throws Exception {
        HealthCheckConfig defaults = HealthCheckConfig.defaults();
        HealthCheck check = new HealthCheck(
                new HealthCheckConfig("127.0.0.1:0", "/", null, defaults.stalledData()), Telemetry.none());
        check.observe(status());
        check.start();
        try {
            attack(check);
        } finally {
            check.close();
        }
    }

    @Test
    void zpagesAnswerBesideHundredsOfThem() throws Exception {
        Zpages zpages = new Zpages(new ZpagesConfig("127.0.0.1:0"), Telemetry.none());
        zpages.observe(status());
        zpages.start();
        try {
            attack(zpages);
        } finally {
            zpages.close();
        }
    }

    private void attack(Listening target) throws Exception {
        int port = target.ports().get(0).port();
        String path = target instanceof Zpages ? "/debug/servicez" : "/";
        for (int i = 0; i < 3 * PageServer.MAX_CONNECTIONS; i++) {
            Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
            sockets.add(socket);
            try {
                socket.getOutputStream()
                        .write(("GET " + path + " HTTP/1.1\r\nX-Slow: ").getBytes(StandardCharsets.US_ASCII));
            } catch (IOException e) {
                // An older one may have had to go by now.
            }
        }

        for (int i = 0; i < 20; i++) {
            long start = System.nanoTime();
            assertThat(get(port, path)).startsWith("HTTP/1.1 200 ");
            assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(5));
            trickle();
        }
        assertThat(openSockets()).isLessThanOrEqualTo(PageServer.MAX_CONNECTIONS);
        // However slowly they go on, the end comes.
        await().atMost(LIFE.plus(SLACK)).until(() -> {
            trickle();
            return openSockets() == 0;
        });
    }

    private void trickle() {
        for (Socket socket : sockets) {
            try {
                socket.getOutputStream().write('x');
            } catch (IOException e) {
                // It has ended.
            }
        }
    }

    /** Those that the server hasn't ended. */
    private int openSockets() throws IOException {
        int open = 0;
        for (Socket socket : sockets) {
            socket.setSoTimeout(1);
            try {
                open += socket.getInputStream().read() >= 0 ? 1 : 0;
            } catch (java.net.SocketTimeoutException e) {
                open++;
            } catch (IOException e) {
                // It has ended, with a reset.
            }
        }
        return open;
    }

    private static String get(int port, String path) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static ServiceStatus status() {
        return new ServiceStatus() {
            @Override
            public Phase phase() {
                return Phase.RUNNING;
            }

            @Override
            public List<io.stackhouse.pipeline.PipelineStatus> pipelines() {
                return List.of();
            }

            @Override
            public List<io.stackhouse.pipeline.ComponentId> extensions() {
                return List.of();
            }
        };
    }
}
