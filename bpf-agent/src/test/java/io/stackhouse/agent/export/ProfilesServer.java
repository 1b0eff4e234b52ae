package io.stackhouse.agent.export;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A gRPC server on loopback that answers each export as it was told, and with success when it was told nothing. */
final class ProfilesServer implements AutoCloseable {
    interface Answer {
        void give(StreamObserver<byte[]> to);
    }

    final List<byte[]> requests = Collections.synchronizedList(new ArrayList<>());
    final List<Metadata> headers = Collections.synchronizedList(new ArrayList<>());
    private final Deque<Answer> answers = new ArrayDeque<>();
    private final Server server;

    ProfilesServer() throws IOException {
        this(0);
    }

    ProfilesServer(int port) throws IOException {
        ServerServiceDefinition service = ServerServiceDefinition.builder(
                        "opentelemetry.proto.collector.profiles.v1development.ProfilesService")
                .addMethod(RawBytes.EXPORT, ServerCalls.asyncUnaryCall(this::export))
                .build();
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                .addService(ServerInterceptors.intercept(service, new KeepHeaders()))
                .build()
                .start();
    }

    int port() {
        return server.getPort();
    }

    String endpoint() {
        return "http://localhost:" + port();
    }

    synchronized void then(Answer answer) {
        answers.addLast(answer);
    }

    void thenFail(Status status) {
        then(to -> to.onError(status.asRuntimeException()));
    }

    void thenFail(Status status, Metadata trailers) {
        then(to -> to.onError(status.asRuntimeException(trailers)));
    }

    private void export(byte[] request, StreamObserver<byte[]> to) {
        requests.add(request);
        Answer answer;
        synchronized (this) {
            answer = answers.pollFirst();
        }
        if (answer == null) {
            to.onNext(new byte[0]);
            to.onCompleted();
        } else {
            answer.give(to);
        }
    }

    private final class KeepHeaders implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata received, ServerCallHandler<Q, A> next) {
            headers.add(received);
            return Contexts.interceptCall(Context.current(), call, received, next);
        }
    }

    @Override
    public void close() {
        server.shutdownNow();
        try {
            if (!server.awaitTermination(10, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the server did not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
