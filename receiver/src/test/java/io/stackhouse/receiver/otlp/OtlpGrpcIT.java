package io.stackhouse.receiver.otlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.rpc.RetryInfo;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceResponse;
import io.opentelemetry.proto.collector.profiles.v1development.ProfilesServiceGrpc;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import io.stackhouse.pipeline.Ack;
import io.stackhouse.pipeline.RefusedException;
import io.stackhouse.pipeline.Signal;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.Assertions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class OtlpGrpcIT {
    private static final Metadata.Key<String> VERSION =
            Metadata.Key.of(ProfilesVersion.HEADER, Metadata.ASCII_STRING_MARSHALLER);

    @Test
    void acceptsProfilesAndTraces() {
        try (RunningReceiver receiver = RunningReceiver.start();
                Client client = new Client(receiver)) {
            ExportProfilesServiceResponse profiles = client.profiles().export(Requests.profiles());
            ExportTraceServiceResponse traces = client.traces().export(Requests.traces(4));
            assertThat(profiles.hasPartialSuccess()).isFalse();
            assertThat(traces.hasPartialSuccess()).isFalse();
            assertThat(receiver.profiles.requests.get(0).batch().size()).isEqualTo(2);
            assertThat(receiver.traces.requests.get(0).batch().size()).isEqualTo(4);
        }
    }

    @Test
    void acceptsGzip() {
        try (RunningReceiver receiver = RunningReceiver.start();
                Client client = new Client(receiver)) {
            client.profiles().withCompression("gzip").export(Requests.profiles());
            assertThat(receiver.profiles.requests.get(0).body())
                    .isEqualTo(Requests.profiles().toByteArray());
        }
    }

    @Test
    void saysHowManyProfilesWereRejected() {
        try (RunningReceiver receiver = RunningReceiver.start();
                Client client = new Client(receiver)) {
            ExportProfilesServiceResponse answer = client.profiles().export(Requests.profilesOneBad());
            assertThat(answer.getPartialSuccess().getRejectedProfiles()).isEqualTo(1);
            assertThat(answer.getPartialSuccess().getErrorMessage()).contains("99");
        }
    }

    @Test
    void tellsWhenToComeBackWhenThePipelineRefuses() throws Exception {
        try (RunningReceiver receiver = RunningReceiver.start();
                Client client = new Client(receiver)) {
            receiver.profiles.refusal = new RefusedException("the journal is full", 1_500_000_000L);
            StatusRuntimeException thrown = failure(() -> client.profiles().export(Requests.profiles()));
            assertThat(thrown.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
            assertThat(thrown.getStatus().getDescription()).isEqualTo("the journal is full");
            RetryInfo retry = StatusProto.fromThrowable(thrown).getDetails(0).unpack(RetryInfo.class);
            assertThat(retry.getRetryDelay().getSeconds()).isEqualTo(1);
            assertThat(retry.getRetryDelay().getNanos()).isEqualTo(500_000_000);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"identity", "gzip"})
    void aMessageOverTheLimitIsNotToBeRetried(String compression) {
        byte[] over = Requests.padded(Requests.profiles().toByteArray(), RunningReceiver.MAX_BODY_BYTES + 1);
        byte[] atLimit = Requests.padded(Requests.profiles().toByteArray(), RunningReceiver.MAX_BODY_BYTES);
        try (RunningReceiver receiver = RunningReceiver.start();
                Client client = new Client(receiver)) {
            StatusRuntimeException thrown = failure(() -> client.raw(over, compression));
            assertThat(thrown.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
            com.google.rpc.Status details = StatusProto.fromThrowable(thrown);
            assertThat(details == null ? 0 : details.getDetailsCount()).isZero();
            assertThat(client.raw(atLimit, compression)).isEmpty();
            assertThat(receiver.profiles.requests).hasSize(1);
        }
    }

    @Test
    void rejectsBytesThatAreNoMessage() {
        try (RunningReceiver receiver = RunningReceiver.start();
                Client client = new Client(receiver)) {
            StatusRuntimeException thrown = failure(() -> client.raw(new byte[] {-1, -1, -1}, "identity"));
            assertThat(thrown.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
            assertThat(thrown.getStatus().getDescription()).isNotEmpty();
        }
    }

    @Test
    void anInternalFailureIsNotToBeRetried() {
        try (RunningReceiver receiver = RunningReceiver.start();
                Client client = new Client(receiver)) {
            receiver.profiles.failure = new IllegalStateException("secret detail");
            StatusRuntimeException thrown = failure(() -> client.profiles().export(Requests.profiles()));
            assertThat(thrown.getStatus().getCode()).isEqualTo(Status.Code.INTERNAL);
            assertThat(thrown.getStatus().getDescription()).doesNotContain("secret");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"2", "01", "0", "x", "1,1"})
    void refusesVersionsThatItDoesNotSpeak(String version) {
        Metadata metadata = new Metadata();
        metadata.put(VERSION, version);
        assertThat(codeWith(metadata)).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @Test
    void takesTheVersionItSpeaksOnce() {
        Metadata metadata = new Metadata();
        metadata.put(VERSION, "1");
        assertThat(codeWith(metadata)).isEqualTo(Status.Code.OK);
        metadata.put(VERSION, "1");
        assertThat(codeWith(metadata)).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    private static Status.Code codeWith(Metadata metadata) {
        try (RunningReceiver receiver = RunningReceiver.start();
                Client client = new Client(receiver)) {
            client.profiles()
                    .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata))
                    .export(Requests.profiles());
            assertThat(receiver.profiles.requests).hasSize(1);
            return Status.Code.OK;
        } catch (StatusRuntimeException e) {
            return e.getStatus().getCode();
        }
    }

    @Test
    void aSignalWithoutPipelineIsUnimplemented() {
        OtlpConfig config = RunningReceiver.config(Duration.ofSeconds(9), Duration.ofSeconds(9), 8);
        try (RunningReceiver receiver = RunningReceiver.start(config, Signal.PROFILES);
                Client client = new Client(receiver)) {
            StatusRuntimeException thrown = failure(() -> client.traces().export(Requests.traces(1)));
            assertThat(thrown.getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
            assertThat(thrown.getStatus().getDescription()).contains("no pipeline takes traces");
        }
    }

    @Test
    void refusesMoreRequestsThanMayBeInFlight() throws Exception {
        OtlpConfig config = RunningReceiver.config(Duration.ofSeconds(9), Duration.ofSeconds(9), 1);
        try (RunningReceiver receiver = RunningReceiver.start(config, Signal.values());
                Client client = new Client(receiver)) {
            receiver.profiles.isHolding = true;
            ListenableFuture<ExportProfilesServiceResponse> first =
                    ProfilesServiceGrpc.newFutureStub(client.channel).export(Requests.profiles());
            Ack ack = receiver.profiles.held.poll(10, TimeUnit.SECONDS);
            StatusRuntimeException thrown = failure(() -> client.profiles().export(Requests.profiles()));
            assertThat(thrown.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
            ack.accepted();
            assertThat(first.get(10, TimeUnit.SECONDS).hasPartialSuccess()).isFalse();
        }
    }

    @Test
    void aCancelledCallKeepsItsPlaceUntilThePipelineLetsGo() throws Exception {
        OtlpConfig config = RunningReceiver.config(Duration.ofSeconds(9), Duration.ofSeconds(9), 1);
        try (RunningReceiver receiver = RunningReceiver.start(config, Signal.values());
                Client client = new Client(receiver)) {
            receiver.profiles.isHolding = true;
            ListenableFuture<ExportProfilesServiceResponse> first =
                    ProfilesServiceGrpc.newFutureStub(client.channel).export(Requests.profiles());
            Ack ack = receiver.profiles.held.poll(10, TimeUnit.SECONDS);
            assertThat(first.cancel(true)).isTrue();
            receiver.profiles.isHolding = false;
            StatusRuntimeException thrown = failure(() -> client.profiles().export(Requests.profiles()));
            assertThat(thrown.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
            ack.accepted();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(10))
                    .untilAsserted(() -> Assertions.assertThatCode(
                                    () -> client.profiles().export(Requests.profiles()))
                            .doesNotThrowAnyException());
        }
    }

    @Test
    void endsACallWhoseMessageDoesNotCome() throws Exception {
        OtlpConfig config = RunningReceiver.config(Duration.ofMillis(200), Duration.ofSeconds(20), 1);
        try (RunningReceiver receiver = RunningReceiver.start(config, Signal.values());
                Client client = new Client(receiver)) {
            Status status = client.callWithoutMessage();
            assertThat(status.getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
            assertThat(status.getDescription()).contains("read_timeout");
        }
    }

    @Test
    void aTakenPortIsNamedWithWhatToDo() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String endpoint = "127.0.0.1:" + taken.getLocalPort();
            OtlpConfig.Http http = RunningReceiver.config(Duration.ofSeconds(1), Duration.ofSeconds(1), 1)
                    .spoken()
                    .http();
            GrpcSettings grpcSettings = new GrpcSettings();
            grpcSettings.endpoint = endpoint;
            GrpcConfig grpc = grpcSettings.grpc();
            HttpSettings settings = new HttpSettings();
            settings.endpoint = endpoint;
            OtlpConfig.Http takenHttp = settings.http();
            for (OtlpConfig.Protocols protocols : new OtlpConfig.Protocols[] {
                new OtlpConfig.Protocols(grpc, http), new OtlpConfig.Protocols(null, takenHttp)
            }) {
                Assertions.assertThatThrownBy(
                                () -> RunningReceiver.start(RunningReceiver.config(protocols, 1), Signal.TRACES))
                        .hasMessageContaining("can't listen on " + endpoint)
                        .hasMessageContaining("in use")
                        .hasMessageContaining("to another port");
            }
        }
    }

    private static StatusRuntimeException failure(Runnable call) {
        return catchThrowableOfType(StatusRuntimeException.class, call::run);
    }

    private static final class Client implements AutoCloseable {
        private static final MethodDescriptor<byte[], byte[]> RAW = MethodDescriptor.<byte[], byte[]>newBuilder()
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName(ProfilesServiceGrpc.getExportMethod().getFullMethodName())
                .setRequestMarshaller(new GrpcBody.AnswerMarshaller())
                .setResponseMarshaller(new GrpcBody.AnswerMarshaller())
                .build();

        final ManagedChannel channel;

        Client(RunningReceiver receiver) {
            channel = NettyChannelBuilder.forAddress("127.0.0.1", receiver.grpcPort())
                    .usePlaintext()
                    .build();
        }

        ProfilesServiceGrpc.ProfilesServiceBlockingStub profiles() {
            return ProfilesServiceGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
        }

        TraceServiceGrpc.TraceServiceBlockingStub traces() {
            return TraceServiceGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
        }

        byte[] raw(byte[] message, String compression) {
            CallOptions options =
                    CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS).withCompression(compression);
            return ClientCalls.blockingUnaryCall(channel, RAW, options, message);
        }

        Status callWithoutMessage() throws Exception {
            CompletableFuture<Status> closed = new CompletableFuture<>();
            // A unary call would keep its headers back until it has the message.
            ClientCall<byte[], byte[]> call = channel.newCall(
                    RAW.toBuilder()
                            .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
                            .build(),
                    CallOptions.DEFAULT);
            call.start(
                    new ClientCall.Listener<>() {
                        @Override
                        public void onClose(Status status, Metadata trailers) {
                            closed.complete(status);
                        }
                    },
                    new Metadata());
            call.request(1);
            return closed.get(10, TimeUnit.SECONDS);
        }

        @Override
        public void close() {
            channel.shutdownNow();
        }
    }
}
