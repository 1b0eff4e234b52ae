package io.stackhouse.receiver.otlp;

import io.grpc.Context;
import io.grpc.HandlerRegistry;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Checks the credentials of a call before it is known what it calls and before its message is read. A check that takes long
 * holds the call's events, not a thread. Any thread.
 */
final class GrpcAuthentication implements ServerInterceptor {
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> CHALLENGE =
            Metadata.Key.of("www-authenticate", Metadata.ASCII_STRING_MARSHALLER);

    private final PortSecurity security;
    private final Intake intake;

    GrpcAuthentication(PortSecurity security, Intake intake) {
        this.security = security;
        this.intake = intake;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        CompletableFuture<Void> checked = security.check(values(headers));
        HeldCall<Q, A> held = new HeldCall<>(call, headers, next);
        if (checked.isDone()) {
            decide(held, checked);
            return held;
        }
        Context context = Context.current();
        CompletableFuture<Void> unused = checked.whenComplete((ok, thrown) -> context.run(() -> decide(held, checked)));
        return held;
    }

    private void decide(HeldCall<?, ?> held, CompletableFuture<Void> checked) {
        Failure failure = security.outcome(checked);
        if (failure != null) {
            intake.turnedAway(GrpcExport.sender(held.call, GrpcStream.current(), held.headers), failure);
        }
        try {
            held.decide(failure);
        } catch (RuntimeException e) {
            held.call.close(Status.INTERNAL, new Metadata());
            throw e;
        }
    }

    private static List<String> values(Metadata headers) {
        List<String> values = new ArrayList<>(1);
        Iterable<String> all = headers.getAll(AUTHORIZATION);
        if (all != null) {
            all.forEach(values::add);
        }
        return values;
    }

    /** Methods that there aren't, so that calls of them are checked like others before that is said. */
    static HandlerRegistry otherMethods() {
        return new HandlerRegistry() {
            @Override
            public ServerMethodDefinition<?, ?> lookupMethod(String name, @Nullable String authority) {
                MethodDescriptor<byte[], byte[]> method = MethodDescriptor.<byte[], byte[]>newBuilder()
                        .setType(MethodDescriptor.MethodType.UNKNOWN)
                        .setFullMethodName(name)
                        .setRequestMarshaller(new GrpcBody.AnswerMarshaller())
                        .setResponseMarshaller(new GrpcBody.AnswerMarshaller())
                        .build();
                return ServerMethodDefinition.create(method, (call, headers) -> {
                    call.close(Status.UNIMPLEMENTED.withDescription("Method not found: " + name), new Metadata());
                    return new ServerCall.Listener<>() {};
                });
            }
        };
    }

    /** One call: its events wait until it is let in, and are dropped when it isn't. */
    private static final class HeldCall<Q, A> extends ServerCall.Listener<Q> {
        private final ServerCall<Q, A> call;
        private final Metadata headers;
        private final ServerCallHandler<Q, A> next;
        private final Queue<Consumer<ServerCall.Listener<Q>>> held = new ArrayDeque<>();
        private ServerCall.@Nullable Listener<Q> listener;
        private boolean isRefused;

        HeldCall(ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            this.call = call;
            this.headers = headers;
            this.next = next;
        }

        synchronized void decide(@Nullable Failure failure) {
            if (call.isCancelled()) {
                isRefused = true;
                held.clear();
            } else if (failure == null) {
                ServerCall.Listener<Q> started = next.startCall(call, headers);
                listener = started;
                held.forEach(event -> event.accept(started));
                held.clear();
            } else {
                isRefused = true;
                held.clear();
                refuse(failure);
            }
        }

        private void refuse(Failure failure) {
            StatusRuntimeException status = failure.grpcStatus();
            Metadata trailers = status.getTrailers() == null ? new Metadata() : status.getTrailers();
            if (!failure.challenge().isEmpty()) {
                trailers.put(CHALLENGE, failure.challenge());
            }
            call.close(status.getStatus(), trailers);
        }

        /** gRPC calls the methods one at a time; a message comes only when one was asked for, after the start. */
        private synchronized void take(Consumer<ServerCall.Listener<Q>> event) {
            ServerCall.Listener<Q> started = listener;
            if (started != null) {
                event.accept(started);
            } else if (!isRefused) {
                held.add(event);
            }
        }

        @Override
        public void onMessage(Q message) {
            take(started -> started.onMessage(message));
        }

        @Override
        public void onHalfClose() {
            take(ServerCall.Listener::onHalfClose);
        }

        @Override
        public void onCancel() {
            take(ServerCall.Listener::onCancel);
        }

        @Override
        public void onComplete() {
            take(ServerCall.Listener::onComplete);
        }

        @Override
        public void onReady() {
            take(ServerCall.Listener::onReady);
        }
    }
}
