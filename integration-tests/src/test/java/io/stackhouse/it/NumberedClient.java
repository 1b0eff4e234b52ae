package io.stackhouse.it;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** One connection that sends a request at a time and waits for its answer, as an SDK does. */
interface NumberedClient extends AutoCloseable {
    /** What became of a request. */
    enum Outcome {
        ACCEPTED,
        /** Not now. */
        REFUSED,
        /** No answer: the collector may have it or not. */
        UNKNOWN
    }

    Outcome send(ExportTraceServiceRequest request) throws InterruptedException;

    @Override
    void close();

    static NumberedClient http(int port) {
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        URI uri = URI.create("http://127.0.0.1:" + port + "/v1/traces");
        return new NumberedClient() {
            @Override
            public Outcome send(ExportTraceServiceRequest request) throws InterruptedException {
                HttpRequest post = HttpRequest.newBuilder(uri)
                        .timeout(Duration.ofSeconds(20))
                        .header("Content-Type", "application/x-protobuf")
                        .POST(HttpRequest.BodyPublishers.ofByteArray(request.toByteArray()))
                        .build();
                try {
                    int status = client.send(post, HttpResponse.BodyHandlers.discarding())
                            .statusCode();
                    return status == 200
                            ? Outcome.ACCEPTED
                            : retryable(status == 503 || status == 429, "HTTP " + status);
                } catch (IOException e) {
                    return Outcome.UNKNOWN;
                }
            }

            @Override
            public void close() {
                // The client's connections end with its process or the server's.
            }
        };
    }

    static NumberedClient grpc(int port) {
        ManagedChannel channel =
                NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
        return new NumberedClient() {
            @Override
            public Outcome send(ExportTraceServiceRequest request) {
                try {
                    TraceServiceGrpc.newBlockingStub(channel)
                            .withDeadlineAfter(20, TimeUnit.SECONDS)
                            .export(request);
                    return Outcome.ACCEPTED;
                } catch (StatusRuntimeException e) {
                    boolean isRefusal = e.getStatus().getCode() == io.grpc.Status.Code.UNAVAILABLE
                            && e.getTrailers() != null
                            && e.getTrailers().keys().contains("grpc-status-details-bin");
                    return isRefusal ? Outcome.REFUSED : Outcome.UNKNOWN;
                }
            }

            @Override
            public void close() {
                channel.shutdownNow();
            }
        };
    }

    private static Outcome retryable(boolean isRetryable, String what) {
        if (!isRetryable) {
            throw new AssertionError("a good request was answered with " + what);
        }
        return Outcome.REFUSED;
    }
}
