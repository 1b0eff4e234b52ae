package io.stackhouse.exporter.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.stackhouse.exporter.delivery.RetryOnFailure;
import io.stackhouse.pipeline.Secret;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.otlp.ExportResponses;
import io.stackhouse.pipeline.otlp.ExportResponses.PartialSuccess;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GrpcTransportIT {
    private static final Metadata.Key<byte[]> DETAILS =
            Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);
    private static final Set<Status.Code> RETRYABLE = Set.of(
            Status.Code.CANCELLED,
            Status.Code.DEADLINE_EXCEEDED,
            Status.Code.ABORTED,
            Status.Code.OUT_OF_RANGE,
            Status.Code.UNAVAILABLE,
            Status.Code.DATA_LOSS);
    private static final byte[] REQUEST =
            "a request of some length, a request of some length".getBytes(StandardCharsets.UTF_8);

    private final BlockingQueue<byte[]> received = new LinkedBlockingQueue<>();
    private final BlockingQueue<Metadata> headers = new LinkedBlockingQueue<>();
    private volatile byte[] answer = ExportResponses.success();
    private volatile StatusRuntimeException failure;
    private volatile boolean isSilent;
    private Server server;
    private GrpcTransport transport;

    @BeforeEach
    void start() throws Exception {
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(ServerInterceptors.intercept(service(Signal.PROFILES), new Recording()))
                .addService(ServerInterceptors.intercept(service(Signal.TRACES), new Recording()))
                .build()
                .start();
        transport = new GrpcTransport(config(Compression.NONE, Duration.ofSeconds(10), server.getPort()), "test");
    }

    @AfterEach
    void stop() {
        transport.close();
        server.shutdownNow();
    }

    private ServerServiceDefinition service(Signal signal) {
        var method = RawBytes.method(signal);
        return ServerServiceDefinition.builder(method.getServiceName())
                .addMethod(method, ServerCalls.asyncUnaryCall((request, to) -> {
                    received.add(request);
                    if (isSilent) {
                        return;
                    }
                    if (failure != null) {
                        to.onError(failure);
                    } else {
                        to.onNext(answer);
                        to.onCompleted();
                    }
                }))
                .build();
    }

    private final class Recording implements ServerInterceptor {
        @Override
        public <Q, S> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, S> call, Metadata sent, ServerCallHandler<Q, S> next) {
            headers.add(sent);
            return next.startCall(call, sent);
        }
    }

    private static OtlpGrpcConfig config(Compression compression, Duration timeout, int port) {
        return new OtlpGrpcConfig(
                "http://127.0.0.1:" + port,
                TlsClientConfig.defaults(),
                compression,
                Map.of("Authorization", new Secret("Bearer abc")),
                timeout,
                OtlpLimits.MAX_REQUEST,
                RetryOnFailure.defaults(),
                SendingQueue.defaults());
    }

    private String header(String name) {
        return headers.remove().get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
    }

    @Test
    void bringsARequestAndReadsTheAnswer() throws InterruptedException {
        assertThat(transport.send(Signal.TRACES, REQUEST)).isEqualTo(new Answer.Taken(new PartialSuccess(0, "")));
        assertThat(received.remove()).isEqualTo(REQUEST);
        answer = ExportResponses.partialSuccess(2, "mend it");
        assertThat(transport.send(Signal.PROFILES, REQUEST))
                .isEqualTo(new Answer.Taken(new PartialSuccess(2, "mend it")));
    }

    @Test
    void sendsHeadersAndTheVersionOfProfiles() throws InterruptedException {
        assertThat(transport.send(Signal.PROFILES, REQUEST)).isInstanceOf(Answer.Taken.class);
        Metadata sent = headers.peek();
        assertThat(header("authorization")).isEqualTo("Bearer abc");
        headers.add(sent);
        assertThat(header(RawBytes.PROFILES_VERSION_HEADER)).isEqualTo("1");
        assertThat(transport.send(Signal.TRACES, REQUEST)).isInstanceOf(Answer.Taken.class);
        assertThat(header(RawBytes.PROFILES_VERSION_HEADER)).isNull();
    }

    @Test
    void compresses() throws InterruptedException {
        GrpcTransport gzip =
                new GrpcTransport(config(Compression.GZIP, Duration.ofSeconds(10), server.getPort()), "gzip");
        try {
            assertThat(gzip.send(Signal.TRACES, REQUEST)).isInstanceOf(Answer.Taken.class);
            assertThat(header("grpc-encoding")).isEqualTo("gzip");
            assertThat(received.remove()).isEqualTo(REQUEST);
        } finally {
            gzip.close();
        }
    }

    @ParameterizedTest
    @EnumSource(value = Status.Code.class, mode = EnumSource.Mode.EXCLUDE, names = "OK")
    void repeatsWhatTheSpecificationAllows(Status.Code code) throws InterruptedException {
        failure = code.toStatus().withDescription("the reason").asRuntimeException();
        assertThat(transport.send(Signal.TRACES, REQUEST))
                .isEqualTo(new Answer.Failed(RETRYABLE.contains(code), 0, code + ": the reason"));
    }

    @Test
    void anExhaustedServerIsAskedAgainOnlyWhenItSaysWhen() throws InterruptedException {
        Metadata trailers = new Metadata();
        trailers.put(DETAILS, ServerWishTest.status(2, 0));
        failure = Status.RESOURCE_EXHAUSTED.asRuntimeException(trailers);
        assertThat(transport.send(Signal.TRACES, REQUEST))
                .isEqualTo(new Answer.Failed(true, 2_000_000_000L, "RESOURCE_EXHAUSTED"));
    }

    @Test
    void aServersWishCountsWithUnavailableToo() throws InterruptedException {
        Metadata trailers = new Metadata();
        trailers.put(DETAILS, ServerWishTest.status(1, 0));
        failure = Status.UNAVAILABLE.asRuntimeException(trailers);
        assertThat(transport.send(Signal.TRACES, REQUEST))
                .isEqualTo(new Answer.Failed(true, 1_000_000_000L, "UNAVAILABLE"));
    }

    @Test
    void anAnswerThatIsTooLongIsFinal() throws InterruptedException {
        answer = new byte[OtlpLimits.MAX_ANSWER_BYTES + 1];
        Answer.Failed failed = (Answer.Failed) transport.send(Signal.TRACES, REQUEST);
        assertThat(failed.isRetryable()).isFalse();
        assertThat(failed.message()).startsWith("RESOURCE_EXHAUSTED");
    }

    @Test
    void aServerThatDoesNotAnswerIsAskedAgain() throws InterruptedException {
        isSilent = true;
        GrpcTransport hasty =
                new GrpcTransport(config(Compression.NONE, Duration.ofMillis(300), server.getPort()), "hasty");
        try {
            Answer.Failed failed = (Answer.Failed) hasty.send(Signal.TRACES, REQUEST);
            assertThat(failed.isRetryable()).isTrue();
            assertThat(failed.message()).startsWith("DEADLINE_EXCEEDED");
        } finally {
            hasty.close();
        }
    }

    @Test
    void aServerThatIsNotThereIsAskedAgain() throws Exception {
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        GrpcTransport lost = new GrpcTransport(config(Compression.NONE, Duration.ofSeconds(10), free), "lost");
        try {
            Answer.Failed failed = (Answer.Failed) lost.send(Signal.TRACES, REQUEST);
            assertThat(failed.isRetryable()).isTrue();
            assertThat(failed.message()).contains("UNAVAILABLE").contains("Connection refused");
        } finally {
            lost.close();
        }
    }
}
