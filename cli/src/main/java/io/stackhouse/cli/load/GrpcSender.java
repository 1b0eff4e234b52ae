package io.stackhouse.cli.load;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.RetryInfo;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Sends over gRPC in clear text, by some connections in turn whose one thread takes the answers. */
final class GrpcSender implements Sender {

    private static final long DEADLINE_SECONDS = 60;
    private static final long CLOSE_SECONDS = 2;
    private static final Metadata.Key<byte[]> DETAILS =
            Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);

    /** OTLP's specification, "OTLP/gRPC Response", without those that leave open whether the server has the request. */
    private static final Set<Status.Code> NOT_NOW =
            EnumSet.of(Status.Code.UNAVAILABLE, Status.Code.RESOURCE_EXHAUSTED, Status.Code.ABORTED);

    private static final Set<Status.Code> NO_ANSWER = EnumSet.of(
            Status.Code.CANCELLED,
            Status.Code.DEADLINE_EXCEEDED,
            Status.Code.OUT_OF_RANGE,
            Status.Code.DATA_LOSS,
            Status.Code.UNKNOWN);

    private final MultiThreadIoEventLoopGroup eventLoop;
    private final List<ManagedChannel> connections = new ArrayList<>();
    private final CallOptions options;
    private int next;

    GrpcSender(String host, int port, int connectionCount, boolean isGzip) {
        this.eventLoop = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("load-io", true), NioIoHandler.newFactory());
        this.options = isGzip ? CallOptions.DEFAULT.withCompression("gzip") : CallOptions.DEFAULT;
        for (int i = 0; i < connectionCount; i++) {
            connections.add(NettyChannelBuilder.forAddress(host, port)
                    .eventLoopGroup(eventLoop)
                    .channelType(NioSocketChannel.class)
                    .directExecutor()
                    .disableRetry()
                    .usePlaintext()
                    .userAgent("stackhouse-load")
                    .build());
        }
    }

    @Override
    public void send(byte[] body, Listener listener) {
        next = (next + 1) % connections.size();
        CallOptions bounded = options.withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
        ClientCalls.asyncUnaryCall(
                connections.get(next).newCall(GrpcBytes.EXPORT, bounded), body, new Observer(listener));
    }

    @Override
    public void close() {
        connections.forEach(ManagedChannel::shutdownNow);
        eventLoop.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly(CLOSE_SECONDS * 1000);
    }

    static Answer answer(Throwable failure) {
        if (!(failure instanceof StatusRuntimeException thrown)) {
            return new Answer(Answer.Kind.NONE, 0, failure.toString());
        }
        Status status = thrown.getStatus();
        long wish = wish(thrown.getTrailers());
        if (status.getCode() == Status.Code.RESOURCE_EXHAUSTED && wish < 0) {
            return new Answer(Answer.Kind.REJECTED, 0, status.toString());
        }
        // Without the server's own details it is the connection that failed, perhaps after the request had arrived.
        if (NOT_NOW.contains(status.getCode()) && wish >= 0) {
            return new Answer(Answer.Kind.REFUSED, wish, status.toString());
        }
        boolean isOpen = NOT_NOW.contains(status.getCode()) || NO_ANSWER.contains(status.getCode());
        return new Answer(isOpen ? Answer.Kind.NONE : Answer.Kind.REJECTED, 0, status.toString());
    }

    /** RetryInfo's delay in nanoseconds, -1 without one. */
    private static long wish(@org.jspecify.annotations.Nullable Metadata trailers) {
        byte[] details = trailers == null ? null : trailers.get(DETAILS);
        if (details == null) {
            return -1;
        }
        try {
            for (Any detail : com.google.rpc.Status.parseFrom(details).getDetailsList()) {
                if (detail.is(RetryInfo.class)) {
                    var delay = detail.unpack(RetryInfo.class).getRetryDelay();
                    return TimeUnit.SECONDS.toNanos(delay.getSeconds()) + delay.getNanos();
                }
            }
        } catch (InvalidProtocolBufferException e) {
            // Details that can't be read ask for nothing.
        }
        return -1;
    }

    private record Observer(Listener listener) implements StreamObserver<byte[]> {
        @Override
        public void onNext(byte[] value) {}

        @Override
        public void onError(Throwable failure) {
            listener.answered(answer(failure));
        }

        @Override
        public void onCompleted() {
            listener.answered(Answer.ACCEPTED);
        }
    }
}
