package io.stackhouse.receiver.otlp;

import io.grpc.Context;
import io.grpc.Context.CancellableContext;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import io.netty.util.concurrent.EventExecutor;
import io.stackhouse.pipeline.RefusedException;
import io.stackhouse.pipeline.TooLargeException;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one gRPC stream beside its call: charges the bytes of its message while they arrive, and tells the exchange
 * how the transport ended the stream. Event loop, but for {@link #admitted}, which is called before any byte is asked for, and
 * {@link #answered}, which is any thread's.
 */
final class GrpcStream extends ServerStreamTracer {
    private static final Context.Key<GrpcStream> KEY = Context.key("otlp-stream");
    private static final Metadata.Key<String> ENCODING =
            Metadata.Key.of("grpc-encoding", Metadata.ASCII_STRING_MARSHALLER);

    private final @Nullable String encoding;
    private final int maxMessageBytes;
    private final Object lock = new Object();
    private volatile @Nullable Exchange exchange;
    private volatile @Nullable BodyDeadline deadline;
    private @Nullable CancellableContext context;
    private @Nullable Future<?> writeDeadline;
    private boolean isClosed;
    private volatile long wireBytes;

    private GrpcStream(@Nullable String encoding, int maxMessageBytes) {
        this.encoding = encoding;
        this.maxMessageBytes = maxMessageBytes;
    }

    /** Makes one per stream. */
    static ServerStreamTracer.Factory factory(int maxMessageBytes) {
        return new ServerStreamTracer.Factory() {
            @Override
            public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
                return new GrpcStream(headers.get(ENCODING), maxMessageBytes);
            }
        };
    }

    /** The stream of the call that the thread is working for. */
    static GrpcStream current() {
        GrpcStream stream = KEY.get();
        if (stream == null) {
            throw new IllegalStateException("no gRPC call here");
        }
        return stream;
    }

    @Override
    public Context filterContext(Context outer) {
        CancellableContext own = outer.withValue(KEY, this).withCancellation();
        context = own;
        return own;
    }

    /** As the header says; null for none. */
    @Nullable
    String encoding() {
        return encoding;
    }

    int maxMessageBytes() {
        return maxMessageBytes;
    }

    /** Null before the call was admitted. */
    @Nullable
    Exchange exchange() {
        return exchange;
    }

    /** From now on bytes are charged to the exchange, and the deadline knows of them. */
    void admitted(Exchange admitted, BodyDeadline runs) {
        exchange = admitted;
        deadline = runs;
    }

    /** The answer is on its way; unless the client takes it in time, the stream is reset. */
    void answered(EventExecutor timer, Duration writeTimeout, Runnable onReset) {
        synchronized (lock) {
            if (!isClosed) {
                writeDeadline = timer.schedule(() -> reset(onReset), writeTimeout.toNanos(), TimeUnit.NANOSECONDS);
            }
        }
    }

    private void reset(Runnable onReset) {
        CancellableContext own = context;
        synchronized (lock) {
            if (isClosed || own == null) {
                return;
            }
        }
        onReset.run();
        // gRPC resets the stream for this cause alone.
        own.cancel(new TimeoutException("the answer wasn't taken in time (write_timeout)"));
    }

    /** Bytes of messages that came, and that the exchange is charged for. */
    long wireBytes() {
        return wireBytes;
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // written by the event loop alone
    public void inboundWireSize(long bytes) {
        Exchange open = exchange;
        if (open == null || !open.tryHold()) {
            return;
        }
        try {
            open.memory().charge(bytes);
            wireBytes += bytes;
            BodyDeadline runs = deadline;
            if (runs != null) {
                runs.arrived(bytes);
            }
            open.received(wireBytes);
        } catch (RefusedException | TooLargeException e) {
            open.fail(Failure.of(e));
        } finally {
            open.release();
        }
    }

    /** The transport ends what it can't read, and what the client has cancelled, before the call's listener gets to know. */
    @Override
    public void streamClosed(Status status) {
        synchronized (lock) {
            isClosed = true;
            if (writeDeadline != null) {
                writeDeadline.cancel(false);
            }
        }
        endExchange(status);
        CancellableContext own = context;
        if (own != null) {
            own.close();
        }
    }

    private void endExchange(Status status) {
        Exchange open = exchange;
        if (open == null || status.isOk() || open.isEnded()) {
            return;
        }
        switch (status.getCode()) {
            case RESOURCE_EXHAUSTED -> open.fail(Failure.of(BodyBuffer.tooLarge(maxMessageBytes)));
            case INTERNAL ->
                open.fail(new Failure(
                        Failure.Kind.BAD_REQUEST, "the message's frame can't be read: " + status.getDescription()));
            default -> open.abandon();
        }
    }
}
