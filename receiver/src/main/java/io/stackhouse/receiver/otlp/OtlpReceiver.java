package io.stackhouse.receiver.otlp;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.stackhouse.pipeline.Component;
import io.stackhouse.pipeline.Inlets;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.receiver.Listening;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes OTLP profiles and traces over gRPC and HTTP.
 *
 * <p>Threads: a few event loops move bytes, as many workers as there are processors decompress and decode; nothing of a
 * request runs on an event loop but collecting it. A request is answered when its pipeline has answered. When a pipeline is
 * full, or too many requests are open, clients are told to come back later. {@link #close} takes no new requests and waits a
 * bounded time for the answers of those that are there.
 */
final class OtlpReceiver implements Component, Listening {
    private static final Logger LOG = LoggerFactory.getLogger(OtlpReceiver.class);
    private static final int EVENT_LOOPS = 2;
    private static final long CLOSE_MILLIS = 2_000;

    private final OtlpConfig config;
    private final Inlets next;
    private final Telemetry telemetry;
    private final List<Listener> listeners = new ArrayList<>();
    private volatile List<Port> ports = List.of();
    private @Nullable ReceiverMetrics metrics;
    private @Nullable EventLoopGroup eventLoops;
    private @Nullable ExecutorService workers;

    OtlpReceiver(OtlpConfig config, Inlets next, Telemetry telemetry) {
        this.config = config;
        this.next = next;
        this.telemetry = telemetry;
    }

    @Override
    public void start() {
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(
                EVENT_LOOPS, new DefaultThreadFactory("otlp-io"), NioIoHandler.newFactory());
        eventLoops = loops;
        ExecutorService pool = Executors.newFixedThreadPool(
                Runtime.getRuntime().availableProcessors(), new DefaultThreadFactory("otlp-worker"));
        workers = pool;
        ReceiverMetrics counted = new ReceiverMetrics(telemetry);
        metrics = counted;
        Intake intake = new Intake(config, next, counted, telemetry.clock());
        counted.watch(intake);
        GrpcConfig grpc = config.spoken().grpc();
        OtlpConfig.Http http = config.spoken().http();
        List<Port> opened = new ArrayList<>();
        if (grpc != null) {
            warnWhenOpenToOthers("grpc", grpc.endpoint());
            opened.add(open(
                    "grpc",
                    grpc.endpoint(),
                    new GrpcListener(config, grpc, intake, new HttpMetrics(telemetry, Transport.GRPC), loops, pool)));
        }
        if (http != null) {
            warnWhenOpenToOthers("http", http.endpoint());
            HttpService service = new HttpService(http, intake, pool, new HttpMetrics(telemetry, Transport.HTTP));
            opened.add(open("http", http.endpoint(), new HttpListener(service, loops, null)));
        }
        ports = List.copyOf(opened);
    }

    private Port open(String protocol, String endpoint, Listener listener) {
        listeners.add(listener);
        try {
            InetSocketAddress address = listener.start();
            return new Port(protocol, address.getAddress().getHostAddress(), address.getPort());
        } catch (IOException e) {
            close();
            int port = Endpoint.parse(endpoint).port();
            Throwable cause = e.getCause();
            throw new IllegalStateException(
                    "can't listen on " + endpoint + " (" + protocol + "): "
                            + (cause == null ? e.getMessage() : cause.getMessage())
                            + "; end what holds the port ('ss -ltnp sport = :" + port
                            + "' shows it) or set receivers::" + telemetry.component() + "::protocols::" + protocol
                            + "::endpoint to another port",
                    e);
        }
    }

    private void warnWhenOpenToOthers(String protocol, String endpoint) {
        if (!Endpoint.parse(endpoint).isLocal()) {
            LOG.warn(
                    "{} {} is open to other machines without TLS or authentication: {}",
                    telemetry.component(),
                    protocol,
                    endpoint);
        }
    }

    @Override
    public List<Port> ports() {
        return ports;
    }

    @Override
    public void close() {
        ports = List.of();
        for (Listener listener : listeners) {
            listener.stopAccepting();
        }
        for (Listener listener : listeners) {
            listener.close();
        }
        listeners.clear();
        ReceiverMetrics counted = metrics;
        metrics = null;
        if (counted != null) {
            counted.close();
        }
        ExecutorService pool = workers;
        workers = null;
        if (pool != null) {
            stop(pool);
        }
        EventLoopGroup loops = eventLoops;
        eventLoops = null;
        if (loops != null) {
            loops.shutdownGracefully(0, CLOSE_MILLIS, TimeUnit.MILLISECONDS)
                    .awaitUninterruptibly(CLOSE_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private static void stop(ExecutorService pool) {
        pool.shutdown();
        try {
            if (!pool.awaitTermination(CLOSE_MILLIS, TimeUnit.MILLISECONDS)) {
                pool.shutdownNow();
            }
        } catch (InterruptedException e) {
            pool.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
