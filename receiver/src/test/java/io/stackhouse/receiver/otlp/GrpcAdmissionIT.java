package io.stackhouse.receiver.otlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.rpc.RetryInfo;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ClientCalls;
import io.opentelemetry.proto.collector.profiles.v1development.ProfilesServiceGrpc;
import io.stackhouse.pipeline.Ack;
import io.stackhouse.pipeline.ByteSize;
import io.stackhouse.pipeline.RefusedException;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.testing.LiveMemory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many large calls at one time, more than the budget has room for. */
@Timeout(120)
class GrpcAdmissionIT {
    private static final int CALLS = 96;
    private static final long BUDGET_BYTES = 16 << 20;
    private static final MethodDescriptor<byte[], byte[]> EXPORT = MethodDescriptor.<byte[], byte[]>newBuilder()
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName(ProfilesServiceGrpc.getExportMethod().getFullMethodName())
            .setRequestMarshaller(new GrpcBody.AnswerMarshaller())
            .setResponseMarshaller(new GrpcBody.AnswerMarshaller())
            .build();

    private final byte[] message = Requests.padded(Requests.profiles().toByteArray(), RunningReceiver.MAX_BODY_BYTES);

    private static RunningReceiver start() {
        OtlpConfig.Protocols protocols = new OtlpConfig.Protocols(new GrpcSettings().grpc(), null);
        return RunningReceiver.start(new OtlpConfig(protocols, 1_000, new ByteSize(BUDGET_BYTES), ""), Signal.PROFILES);
    }

    private ListenableFuture<byte[]> send(ManagedChannel channel, int i) {
        CallOptions options = CallOptions.DEFAULT.withCompression(i % 2 == 0 ? "identity" : "gzip");
        return ClientCalls.futureUnaryCall(channel.newCall(EXPORT, options), message);
    }

    @Test
    void whatTheBudgetHasNoRoomForComesBackLater() throws Exception {
        try (RunningReceiver receiver = start()) {
            ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", receiver.grpcPort())
                    .usePlaintext()
                    .build();
            send(channel, 0).get(30, TimeUnit.SECONDS);
            receiver.profiles.requests.clear();
            long before = LiveMemory.bytes();
            receiver.profiles.isHolding = true;
            List<ListenableFuture<byte[]>> calls = new ArrayList<>();
            for (int i = 0; i < CALLS; i++) {
                calls.add(send(channel, i));
            }
            await().atMost(Duration.ofSeconds(60)).until(() -> receiver.profiles.held.size() + done(calls) == CALLS);

            int held = receiver.profiles.held.size();
            assertThat(held).isBetween(4, 16);
            // Objects of the calls that are held on both sides of the wire, in one JVM, are in it too.
            assertThat(LiveMemory.bytes() - before).isLessThan(BUDGET_BYTES + (4 << 20));
            assertThat(receiver.readings.bytesInFlight()).isBetween((long) held << 20, BUDGET_BYTES);
            for (ListenableFuture<byte[]> call : calls) {
                if (call.isDone()) {
                    assertIsToBeRetried(call);
                }
            }
            receiver.profiles.isHolding = false;
            for (Ack ack : receiver.profiles.held) {
                ack.accepted();
            }
            for (int i = 0; i < CALLS; i++) {
                int call = i;
                await().atMost(Duration.ofSeconds(30)).until(() -> isAccepted(calls, call, channel));
            }
            assertThat(receiver.profiles.requests).hasSize(CALLS);
            await().atMost(Duration.ofSeconds(10)).until(() -> receiver.readings.bytesInFlight() == 0);
            channel.shutdownNow();
        }
    }

    private static long done(List<ListenableFuture<byte[]>> calls) {
        return calls.stream().filter(ListenableFuture::isDone).count();
    }

    /** Sends a call again that was refused. */
    private boolean isAccepted(List<ListenableFuture<byte[]>> calls, int i, ManagedChannel channel) throws Exception {
        try {
            calls.get(i).get(30, TimeUnit.SECONDS);
            return true;
        } catch (ExecutionException e) {
            assertIsToBeRetried(calls.get(i));
            calls.set(i, send(channel, i));
            return false;
        }
    }

    private static void assertIsToBeRetried(ListenableFuture<byte[]> call) throws Exception {
        try {
            call.get(1, TimeUnit.SECONDS);
            throw new AssertionError("answered before the pipeline has");
        } catch (ExecutionException e) {
            StatusRuntimeException status = (StatusRuntimeException) e.getCause();
            assertThat(status.getStatus().getCode()).as("%s", status).isEqualTo(Status.Code.UNAVAILABLE);
            RetryInfo retry = StatusProto.fromThrowable(status).getDetails(0).unpack(RetryInfo.class);
            assertThat(retry.getRetryDelay().getSeconds()).isPositive();
        }
    }

    @Test
    void everythingReceivedIsAcceptedRefusedOrFailed() throws Exception {
        try (RunningReceiver receiver = start()) {
            ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", receiver.grpcPort())
                    .usePlaintext()
                    .build();
            int rows = 2;
            finish(send(channel, 0));
            finish(send(channel, 1));
            receiver.profiles.refusal = new RefusedException("the journal is full", 1_000_000_000L);
            finish(send(channel, 0));
            receiver.profiles.refusal = null;
            receiver.profiles.failure = new IllegalStateException("a fault");
            finish(send(channel, 1));
            receiver.profiles.failure = null;
            finish(ClientCalls.futureUnaryCall(channel.newCall(EXPORT, CallOptions.DEFAULT), new byte[] {-1}));
            receiver.profiles.isHolding = true;
            ListenableFuture<byte[]> cancelled = send(channel, 0);
            Ack ack = receiver.profiles.held.poll(10, TimeUnit.SECONDS);
            cancelled.cancel(true);
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> receiver.readings.total("otelcol_receiver_requests") == 6);
            ack.accepted();

            Readings readings = receiver.readings;
            assertThat(readings.total("otelcol_receiver_accepted_profile_samples"))
                    .isEqualTo(3L * rows);
            assertThat(readings.total("otelcol_receiver_refused_profile_samples"))
                    .isEqualTo(rows);
            assertThat(readings.total("otelcol_receiver_failed_profile_samples"))
                    .isEqualTo(rows);
            assertThat(readings.sum("otelcol_receiver_requests", "outcome", "success"))
                    .isEqualTo(2);
            assertThat(readings.sum("otelcol_receiver_requests", "outcome", "refused"))
                    .isEqualTo(1);
            assertThat(readings.sum("otelcol_receiver_requests", "outcome", "failure"))
                    .isEqualTo(3);
            for (String reason : new String[] {"not_now", "internal", "bad_request", "client_gone"}) {
                assertThat(readings.sum("otelcol_receiver_refusals", "reason", reason))
                        .as(reason)
                        .isEqualTo(1);
            }
            assertThat(readings.total("otelcol_receiver_decompressed_bytes")).isEqualTo(2L * message.length);
            channel.shutdownNow();
        }
    }

    private static void finish(ListenableFuture<byte[]> call) throws Exception {
        try {
            call.get(30, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            assertThat(e).hasCauseInstanceOf(StatusRuntimeException.class);
        }
    }
}
