package io.stackhouse.receiver.otlp;

import io.stackhouse.pipeline.ByteSize;
import io.stackhouse.pipeline.Extensions;
import io.stackhouse.pipeline.Inlet;
import io.stackhouse.pipeline.Inlets;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.receiver.Listening.Port;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/** A started receiver on free ports, with a door per signal. */
final class RunningReceiver implements AutoCloseable {
    static final int MAX_BODY_BYTES = 1 << 20;

    final RecordingInlet profiles = new RecordingInlet();
    final RecordingInlet traces = new RecordingInlet();
    final Readings readings = new Readings();
    private final OtlpReceiver receiver;

    private RunningReceiver(OtlpConfig config, Extensions extensions, Signal... signals) {
        Map<Signal, Inlet> inlets = new EnumMap<>(Signal.class);
        for (Signal signal : signals) {
            inlets.put(signal, signal == Signal.PROFILES ? profiles : traces);
        }
        receiver = new OtlpReceiver(config, new Inlets(inlets), extensions, readings.telemetry());
        receiver.start();
    }

    static RunningReceiver start() {
        return new RunningReceiver(
                config(Duration.ofSeconds(20), Duration.ofSeconds(20), 8), Extensions.none(), Signal.values());
    }

    static RunningReceiver start(OtlpConfig config, Signal... signals) {
        return new RunningReceiver(config, Extensions.none(), signals);
    }

    static RunningReceiver start(OtlpConfig config, Extensions extensions) {
        return new RunningReceiver(config, extensions, Signal.values());
    }

    static OtlpConfig config(Duration readTimeout, Duration idleTimeout, int maxInFlight) {
        HttpSettings http = new HttpSettings();
        http.readTimeout = readTimeout;
        http.readHeaderTimeout = idleTimeout;
        http.idleTimeout = idleTimeout;
        GrpcSettings grpc = new GrpcSettings();
        grpc.readTimeout = readTimeout;
        return config(new OtlpConfig.Protocols(grpc.grpc(), http.http()), maxInFlight);
    }

    static OtlpConfig config(OtlpConfig.Protocols protocols, int maxInFlight) {
        return new OtlpConfig(protocols, maxInFlight, new ByteSize(0), "");
    }

    int grpcPort() {
        return port("grpc");
    }

    int httpPort() {
        return port("http");
    }

    private int port(String protocol) {
        return receiver.ports().stream()
                .filter(port -> port.protocol().equals(protocol))
                .mapToInt(Port::port)
                .findFirst()
                .orElseThrow();
    }

    @Override
    public void close() {
        receiver.close();
    }
}
