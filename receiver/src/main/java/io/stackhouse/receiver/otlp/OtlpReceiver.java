package io.stackhouse.receiver.otlp;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.stackhouse.pipeline.Component;
import io.stackhouse.pipeline.Extensions;
import io.stackhouse.pipeline.Inlets;
import io.stackhouse.pipeline.PortTakenException;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.receiver.Listening;
import io.stackhouse.receiver.auth.AuthConfig;
import io.stackhouse.receiver.tls.ServerTls;
import io.stackhouse.receiver.tls.TlsConfig;
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
    private final Extensions extensions;
    private final Telemetry telemetry;
    private final List<PortSecurity> securities = new ArrayList<>();
    private final List<Listener> listeners = new ArrayList<>();
    private volatile List<Port> ports = List.of();
    private @Nullable ReceiverMetrics metrics;
    private @Nullable EventLoopGroup eventLoops;
    private @Nullable ExecutorService workers;

    OtlpReceiver(OtlpConfig config, Inlets next, Extensions extensions, Telemetry telemetry) {
        this.config = config;
        this.next = next;
        this.extensions = extensions;
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
            PortSecurity security = secure(Transport.GRPC, List.of("h2"), grpc.tls(), grpc.auth());
            warnWhenOpenToOthers("grpc", grpc.endpoint(), security);
            HttpMetrics limited = new HttpMetrics(telemetry, Transport.GRPC);
            opened.add(open(
                    "grpc", grpc.endpoint(), new GrpcListener(config, grpc, security, intake, limited, loops, pool)));
        }
        if (http != null) {
            PortSecurity security = secure(Transport.HTTP, List.of("h2", "http/1.1"), http.tls(), http.auth());
            warnWhenOpenToOthers("http", http.endpoint(), security);
            HttpService service =
                    new HttpService(http, security, intake, pool, new HttpMetrics(telemetry, Transport.HTTP));
            ServerTls tls = security.tls();
            opened.add(
                    open("http", http.endpoint(), new HttpListener(service, loops, tls == null ? null : tls::context)));
        }
        ports = List.copyOf(opened);
    }

    private PortSecurity secure(
            Transport transport, List<String> protocols, @Nullable TlsConfig tls, @Nullable AuthConfig auth) {
        PortSecurity security = new PortSecurity(transport, protocols, tls, auth, extensions, telemetry);
        securities.add(security);
        try {
            security.start();
        } catch (IllegalStateException e) {
            close();
            throw new IllegalStateException(telemetry.component() + " " + transport.label() + ": " + e.getMessage(), e);
        }
        return security;
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
            throw new PortTakenException(
                    "can't listen on " + endpoint + " (" + protocol + "): "
                            + (cause == null ? e.getMessage() : cause.getMessage())
                            + "; end what holds the port ('ss -ltnp sport = :" + port
                            + "' shows it) or set receivers::" + telemetry.component() + "::protocols::" + protocol
                            + "::endpoint to another port",
                    port,
                    e);
        }
    }

    private void warnWhenOpenToOthers(String protocol, String endpoint, PortSecurity security) {
        if (!security.missing().isEmpty() && !Endpoint.parse(endpoint).isLocal()) {
            LOG.warn(
                    "{} {} is open to other machines without {}: {}",
                    telemetry.component(),
                    protocol,
                    security.missing(),
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
        securities.forEach(PortSecurity::close);
        securities.clear();
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
