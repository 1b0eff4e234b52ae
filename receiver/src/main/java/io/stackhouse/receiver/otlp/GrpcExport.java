package io.stackhouse.receiver.otlp;

import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import io.stackhouse.pipeline.RefusedException;
import io.stackhouse.pipeline.RejectedException;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.otlp.ProfilesDecoder;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One signal's {@code Export} over gRPC: checks the metadata, admits, asks for the message only then, waits for it within a time,
 * hands it over.
 *
 * <p>gRPC calls a listener's methods one at a time, on the receiver's workers.
 */
final class GrpcExport implements ServerCallHandler<GrpcBody, byte[]> {
    private static final Metadata.Key<String> VERSION_KEY =
            Metadata.Key.of(ProfilesVersion.HEADER, Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> USER_AGENT =
            Metadata.Key.of("user-agent", Metadata.ASCII_STRING_MARSHALLER);
    private static final ServerCall.Listener<GrpcBody> NO_LISTENER = new ServerCall.Listener<>() {};

    private final Signal signal;
    private final GrpcConfig config;
    private final Intake intake;
    private final HttpMetrics metrics;
    private final EventLoopGroup timers;

    GrpcExport(Signal signal, GrpcConfig config, Intake intake, HttpMetrics metrics, EventLoopGroup timers) {
        this.signal = signal;
        this.config = config;
        this.intake = intake;
        this.metrics = metrics;
        this.timers = timers;
    }

    @Override
    public ServerCall.Listener<GrpcBody> startCall(ServerCall<GrpcBody, byte[]> call, Metadata headers) {
        GrpcStream stream = GrpcStream.current();
        Sender sender = sender(call, stream, headers);
        EventExecutor timer = timers.next();
        GrpcAnswer answer = new GrpcAnswer(call, stream, config.writeTimeout(), timer, metrics);
        Failure failure = intake.missingPipeline(signal);
        if (failure == null) {
            try {
                int version = signal == Signal.PROFILES
                        ? ProfilesVersion.of(values(headers))
                        : ProfilesDecoder.DEFAULT_VERSION;
                Exchange exchange = intake.open(signal, sender, answer);
                return admit(call, stream, new Message(exchange, version, timer));
            } catch (RefusedException e) {
                answer.fail(Failure.of(e));
                return NO_LISTENER;
            } catch (RejectedException e) {
                failure = Failure.of(e);
            }
        }
        intake.turnedAway(sender, failure);
        answer.fail(failure);
        return NO_LISTENER;
    }

    private static Message admit(ServerCall<GrpcBody, byte[]> call, GrpcStream stream, Message message) {
        stream.admitted(message.exchange, message.deadline);
        message.timer.execute(message.deadline::start);
        // Two, so that a second message is seen and refused.
        call.request(2);
        return message;
    }

    static Sender sender(ServerCall<?, ?> call, GrpcStream stream, Metadata headers) {
        SocketAddress peer = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
        String encoding = stream.encoding();
        return new Sender(
                Transport.GRPC,
                String.valueOf(peer),
                call.getMethodDescriptor().getFullMethodName(),
                encoding == null ? Encoding.IDENTITY.label() : encoding,
                headers.get(USER_AGENT));
    }

    private static List<String> values(Metadata headers) {
        List<String> values = new ArrayList<>(1);
        Iterable<String> all = headers.getAll(VERSION_KEY);
        if (all != null) {
            all.forEach(values::add);
        }
        return values;
    }

    /** Holds the exchange while it has the message's bytes. */
    private final class Message extends ServerCall.Listener<GrpcBody> {
        private final Exchange exchange;
        private final int version;
        private final EventExecutor timer;
        private final BodyDeadline deadline;
        private @Nullable GrpcBody body;

        Message(Exchange exchange, int version, EventExecutor timer) {
            this.exchange = exchange;
            this.version = version;
            this.timer = timer;
            this.deadline = new BodyDeadline(config, timer, this::tooSlow);
        }

        private void tooSlow(HttpLimit limit) {
            metrics.stopped(limit);
            exchange.fail(
                    new Failure(Failure.Kind.SLOW_BODY, "the message didn't arrive in time (" + limit.label() + ")"));
        }

        @Override
        public void onMessage(GrpcBody message) {
            Failure failure = message.failure();
            if (failure == null && body != null) {
                failure = new Failure(Failure.Kind.BAD_REQUEST, "Export takes one message, not several");
            }
            if (failure != null) {
                exchange.fail(failure);
            } else if (exchange.tryHold()) {
                body = message;
            }
        }

        @Override
        public void onHalfClose() {
            timer.execute(deadline::cancel);
            GrpcBody message = body;
            if (message == null) {
                exchange.fail(new Failure(Failure.Kind.BAD_REQUEST, "Export takes one message, there was none"));
                return;
            }
            try {
                intake.process(exchange, version, message.bytes());
            } finally {
                letGo();
            }
        }

        @Override
        public void onCancel() {
            timer.execute(deadline::cancel);
            exchange.abandon();
            letGo();
        }

        @Override
        public void onComplete() {
            timer.execute(deadline::cancel);
            letGo();
        }

        private void letGo() {
            if (body != null) {
                body = null;
                exchange.release();
            }
        }
    }
}
