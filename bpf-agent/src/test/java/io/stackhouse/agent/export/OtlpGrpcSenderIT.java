package io.stackhouse.agent.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.Metadata;
import io.grpc.Status;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesPartialSuccess;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceRequest;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceResponse;
import io.opentelemetry.proto.profiles.v1development.ProfilesDictionary;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Against a real gRPC server on loopback. */
class OtlpGrpcSenderIT {
    private static final long TEN_SECONDS = TimeUnit.SECONDS.toNanos(10);

    private final FakePause time = new FakePause();
    private ProfilesServer server;
    private OtlpGrpcSender sender;

    @AfterEach
    void end() {
        if (sender != null) {
            sender.close();
        }
        if (server != null) {
            server.close();
        }
    }

    @Test
    void sendsTheBytesAsTheyAreCompressedWithTheVersion() throws Exception {
        server = new ProfilesServer();
        sender = new OtlpGrpcSender(config(server.endpoint(), 1 << 20));
        byte[] request = request(100_000);

        sender.submit(request, 3, 99);

        assertThat(sender.flush(TEN_SECONDS)).isTrue();
        assertThat(server.requests.get(0)).isEqualTo(request);
        assertThat(ExportProfilesServiceRequest.parseFrom(server.requests.get(0))
                        .getDictionary()
                        .getStringTableCount())
                .isPositive();
        Metadata headers = server.headers.get(0);
        assertThat(header(headers, "otlp-profiles-development-version")).isEqualTo("1");
        assertThat(header(headers, "grpc-encoding")).isEqualTo("gzip");
        assertThat(header(headers, "grpc-timeout")).isNotNull();
        assertThat(header(headers, "authorization")).isEqualTo("Bearer x");
        SenderCounters counters = sender.counters();
        assertThat(counters.sentIntervals()).isEqualTo(1);
        assertThat(counters.sentProfiles()).isEqualTo(3);
        assertThat(counters.sentSamples()).isEqualTo(99);
        assertThat(counters.sentBytes()).isEqualTo(request.length);
        assertThat(counters.bufferedBytes()).isZero();
    }

    @Test
    void triesAgainUntilTheServerTakesIt() throws Exception {
        server = new ProfilesServer();
        server.thenFail(Status.UNAVAILABLE.withDescription("starting"));
        server.thenFail(Status.DEADLINE_EXCEEDED);
        server.thenFail(Status.ABORTED);
        sender = new OtlpGrpcSender(config(server.endpoint(), 1 << 20), time);

        sender.submit(request(10), 1, 1);
        sender.submit(request(20), 1, 1);

        assertThat(sender.flush(TEN_SECONDS)).isTrue();
        assertThat(sender.counters().retries()).isEqualTo(3);
        assertThat(sender.counters().sentIntervals()).isEqualTo(2);
        assertThat(server.requests).hasSize(5);
        assertThat(server.requests.get(3)).as("the same interval").isEqualTo(server.requests.get(0));
        assertThat(server.requests.get(4)).isNotEqualTo(server.requests.get(0));
    }

    @Test
    void waitsAsLongAsTheServerWishes() throws Exception {
        server = new ProfilesServer();
        server.thenFail(Status.RESOURCE_EXHAUSTED, Rpc.trailers(Rpc.statusWithRetryInfo(90, 0)));
        sender = new OtlpGrpcSender(config(server.endpoint(), 1 << 20), time);

        sender.submit(request(10), 1, 1);

        assertThat(sender.flush(TEN_SECONDS)).isTrue();
        assertThat(time.nanoTime()).isBetween(TimeUnit.SECONDS.toNanos(90), TimeUnit.SECONDS.toNanos(108));
        assertThat(sender.counters().retries()).isEqualTo(1);
        assertThat(sender.counters().sentIntervals()).isEqualTo(1);
    }

    @Test
    void dropsWhatTheServerRefusesForGood() throws Exception {
        server = new ProfilesServer();
        server.thenFail(Status.INVALID_ARGUMENT.withDescription("bad dictionary"));
        server.thenFail(Status.RESOURCE_EXHAUSTED);
        sender = new OtlpGrpcSender(config(server.endpoint(), 1 << 20), time);

        sender.submit(request(10), 1, 7);
        sender.submit(request(20), 1, 8);
        sender.submit(request(30), 1, 9);

        assertThat(sender.flush(TEN_SECONDS)).isTrue();
        assertThat(server.requests).hasSize(3);
        assertThat(sender.counters().rejectedIntervals()).isEqualTo(2);
        assertThat(sender.counters().rejectedSamples()).isEqualTo(15);
        assertThat(sender.counters().sentSamples()).isEqualTo(9);
        assertThat(time.waits).isEmpty();
    }

    @Test
    void countsWhatTheServerRejectsInPartAndDoesNotSendItAgain() throws Exception {
        server = new ProfilesServer();
        server.then(to -> {
            ExportProfilesPartialSuccess partial = ExportProfilesPartialSuccess.newBuilder()
                    .setRejectedProfiles(2)
                    .setErrorMessage("no sample type")
                    .build();
            to.onNext(ExportProfilesServiceResponse.newBuilder()
                    .setPartialSuccess(partial)
                    .build()
                    .toByteArray());
            to.onCompleted();
        });
        sender = new OtlpGrpcSender(config(server.endpoint(), 1 << 20), time);

        sender.submit(request(10), 5, 7);

        assertThat(sender.flush(TEN_SECONDS)).isTrue();
        assertThat(server.requests).hasSize(1);
        assertThat(sender.counters().sentIntervals()).isEqualTo(1);
        assertThat(sender.counters().sentProfiles()).isEqualTo(3);
        assertThat(sender.counters().partlyRejectedProfiles()).isEqualTo(2);
    }

    @Test
    void keepsTheNewestWhenTheServerIsAwayForTooLong() throws Exception {
        server = new ProfilesServer();
        int port = server.port();
        server.close();
        byte[][] requests = new byte[6][];
        sender = new OtlpGrpcSender(new OtlpSenderConfig(
                URI.create("http://localhost:" + port), Map.of(), TEN_SECONDS, 3 * 1000, 1_000_000, 50_000_000));
        for (int i = 0; i < requests.length; i++) {
            requests[i] = new byte[900];
            requests[i][0] = (byte) i;
            long retriesBefore = sender.counters().retries();
            sender.submit(requests[i], 1, 1);
            await().atMost(Duration.ofSeconds(10)).until(() -> sender.counters().retries() > retriesBefore);
        }
        assertThat(sender.counters().droppedIntervals()).isEqualTo(3);

        server = new ProfilesServer(port);

        assertThat(sender.flush(TEN_SECONDS)).isTrue();
        assertThat(server.requests).containsExactly(requests[3], requests[4], requests[5]);
        SenderCounters counters = sender.counters();
        assertThat(counters.sentIntervals() + counters.droppedIntervals()).isEqualTo(6);
    }

    @Test
    void flushGivesUpInTimeAndKeepsTheInterval() throws Exception {
        server = new ProfilesServer();
        int port = server.port();
        server.close();
        sender = new OtlpGrpcSender(config("http://localhost:" + port, 1 << 20));
        sender.submit(request(10), 1, 1);

        assertThat(sender.flush(TimeUnit.MILLISECONDS.toNanos(300))).isFalse();
        assertThat(sender.counters().bufferedIntervals()).isEqualTo(1);
    }

    @Test
    void closingInTheMiddleOfAWaitEndsAtOnce() throws Exception {
        server = new ProfilesServer();
        server.thenFail(Status.RESOURCE_EXHAUSTED, Rpc.trailers(Rpc.statusWithRetryInfo(3600, 0)));
        sender = new OtlpGrpcSender(config(server.endpoint(), 1 << 20));
        sender.submit(request(10), 1, 4);
        await().atMost(Duration.ofSeconds(10)).until(() -> sender.counters().retries() == 1);

        long start = System.nanoTime();
        sender.close();
        sender.close();

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
        assertThat(sender.counters().droppedSamples()).isEqualTo(4);
        assertThat(sender.flush(1)).isTrue();
        await().atMost(Duration.ofSeconds(5))
                .until(() -> threads().stream().noneMatch(name -> name.startsWith("otlp-")));
    }

    @Test
    void closingInTheMiddleOfACallEndsAtOnce() throws Exception {
        server = new ProfilesServer();
        CountDownLatch called = new CountDownLatch(1);
        server.then(to -> called.countDown());
        sender = new OtlpGrpcSender(config(server.endpoint(), 1 << 20));
        sender.submit(request(10), 1, 4);
        assertThat(called.await(10, TimeUnit.SECONDS)).isTrue();

        long start = System.nanoTime();
        sender.close();

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
        assertThat(sender.counters().droppedSamples()).isEqualTo(4);
        sender.submit(request(10), 1, 5);
        assertThat(sender.counters().droppedSamples()).isEqualTo(9);
    }

    private static OtlpSenderConfig config(String endpoint, long bufferBytes) {
        return new OtlpSenderConfig(
                URI.create(endpoint),
                Map.of("authorization", "Bearer x"),
                TEN_SECONDS,
                bufferBytes,
                TimeUnit.SECONDS.toNanos(1),
                TimeUnit.SECONDS.toNanos(30));
    }

    private static byte[] request(int length) {
        return ExportProfilesServiceRequest.newBuilder()
                .setDictionary(
                        ProfilesDictionary.newBuilder().addStringTable("").addStringTable("x".repeat(length)))
                .build()
                .toByteArray();
    }

    private static String header(Metadata headers, String key) {
        return headers.get(Metadata.Key.of(key, Metadata.ASCII_STRING_MARSHALLER));
    }

    private static java.util.List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).toList();
    }
}
