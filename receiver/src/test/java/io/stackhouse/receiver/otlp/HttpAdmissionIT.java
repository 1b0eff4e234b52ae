package io.stackhouse.receiver.otlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stackhouse.pipeline.Ack;
import io.stackhouse.pipeline.ByteSize;
import io.stackhouse.pipeline.RefusedException;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.testing.LiveMemory;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many large HTTP requests at one time, more than the budget has room for; what was received adds up in the metrics. */
@Timeout(120)
class HttpAdmissionIT {
    private static final int REQUESTS = 96;
    private static final long BUDGET_BYTES = 16 << 20;

    private final byte[] plain = Requests.padded(Requests.profiles().toByteArray(), RunningReceiver.MAX_BODY_BYTES);
    private final byte[] zipped = Requests.gzip(plain);
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private static RunningReceiver start() {
        OtlpConfig.Protocols protocols = new OtlpConfig.Protocols(null, new HttpSettings().http());
        return RunningReceiver.start(new OtlpConfig(protocols, 1_000, new ByteSize(BUDGET_BYTES), ""), Signal.PROFILES);
    }

    private CompletableFuture<HttpResponse<byte[]>> send(RunningReceiver receiver, int i) {
        // In chunks, since the client would keep a copy of a body whose length it tells.
        return i % 2 == 0
                ? post(receiver, "identity", BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(plain)))
                : post(receiver, "gzip", BodyPublishers.ofByteArray(zipped));
    }

    private CompletableFuture<HttpResponse<byte[]>> post(
            RunningReceiver receiver, String encoding, HttpRequest.BodyPublisher body) {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + receiver.httpPort() + "/v1development/profiles"))
                .header("content-type", "application/x-protobuf")
                .header("content-encoding", encoding)
                .POST(body)
                .build();
        return client.sendAsync(request, HttpResponse.BodyHandlers.ofByteArray());
    }

    @Test
    void whatTheBudgetHasNoRoomForComesBackLater() throws Exception {
        try (RunningReceiver receiver = start()) {
            assertThat(send(receiver, 0).get(30, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
            receiver.profiles.requests.clear();
            long before = LiveMemory.bytes();
            receiver.profiles.isHolding = true;
            List<CompletableFuture<HttpResponse<byte[]>>> calls = new ArrayList<>();
            for (int i = 0; i < REQUESTS; i++) {
                calls.add(send(receiver, i));
            }
            await().atMost(Duration.ofSeconds(60)).until(() -> receiver.profiles.held.size() + done(calls) == REQUESTS);

            int held = receiver.profiles.held.size();
            assertThat(held).isBetween(4, 16);
            // Objects of the requests that are held on both sides of the wire, in one JVM, are in it too.
            assertThat(LiveMemory.bytes() - before).isLessThan(BUDGET_BYTES + (4 << 20));
            assertThat(receiver.readings.bytesInFlight()).isBetween((long) held << 20, BUDGET_BYTES);
            for (CompletableFuture<HttpResponse<byte[]>> call : calls) {
                if (call.isDone()) {
                    assertIsToBeRetried(call.get());
                }
            }
            receiver.profiles.isHolding = false;
            for (Ack ack : receiver.profiles.held) {
                ack.accepted();
            }
            for (int i = 0; i < REQUESTS; i++) {
                int call = i;
                await().atMost(Duration.ofSeconds(30)).until(() -> isAccepted(calls, call, receiver));
            }
            assertThat(receiver.profiles.requests).hasSize(REQUESTS);
            await().atMost(Duration.ofSeconds(10)).until(() -> receiver.readings.bytesInFlight() == 0);
        }
    }

    private static long done(List<CompletableFuture<HttpResponse<byte[]>>> calls) {
        return calls.stream().filter(CompletableFuture::isDone).count();
    }

    /** Sends a request again that was refused. */
    private boolean isAccepted(List<CompletableFuture<HttpResponse<byte[]>>> calls, int i, RunningReceiver receiver)
            throws Exception {
        HttpResponse<byte[]> answer = calls.get(i).get(30, TimeUnit.SECONDS);
        if (answer.statusCode() == 200) {
            return true;
        }
        assertIsToBeRetried(answer);
        calls.set(i, send(receiver, i));
        return false;
    }

    private static void assertIsToBeRetried(HttpResponse<byte[]> answer) {
        assertThat(answer.statusCode()).isIn(429, 503);
        assertThat(answer.headers().firstValueAsLong("retry-after").orElseThrow())
                .isPositive();
    }

    @Test
    void everythingReceivedIsAcceptedRefusedOrFailed() throws Exception {
        try (RunningReceiver receiver = start()) {
            int rows = 2;
            List<Integer> answers = new ArrayList<>();
            answers.add(send(receiver, 0).get().statusCode());
            answers.add(send(receiver, 1).get().statusCode());
            receiver.profiles.refusal = new RefusedException("the journal is full", 1_000_000_000L);
            answers.add(send(receiver, 0).get().statusCode());
            receiver.profiles.refusal = null;
            receiver.profiles.failure = new IllegalStateException("a fault");
            answers.add(send(receiver, 1).get().statusCode());
            receiver.profiles.failure = null;
            answers.add(post(receiver, "identity", BodyPublishers.ofByteArray(new byte[] {-1}))
                    .get()
                    .statusCode());

            assertThat(answers).containsExactly(200, 200, 503, 500, 400);
            Readings readings = receiver.readings;
            assertThat(readings.total("otelcol_receiver_accepted_profile_samples"))
                    .isEqualTo(2L * rows);
            assertThat(readings.total("otelcol_receiver_refused_profile_samples"))
                    .isEqualTo(rows);
            assertThat(readings.total("otelcol_receiver_failed_profile_samples"))
                    .isEqualTo(rows);
            assertThat(readings.total("otelcol_receiver_requests")).isEqualTo(answers.size());
            assertThat(readings.sum("otelcol_receiver_requests", "outcome", "success"))
                    .isEqualTo(2);
            assertThat(readings.sum("otelcol_receiver_requests", "outcome", "refused"))
                    .isEqualTo(1);
            assertThat(readings.sum("otelcol_receiver_requests", "outcome", "failure"))
                    .isEqualTo(2);
        }
    }
}
