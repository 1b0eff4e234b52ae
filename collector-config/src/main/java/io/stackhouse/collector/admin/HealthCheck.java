package io.stackhouse.collector.admin;

import io.stackhouse.collector.admin.HealthCheckConfig.ResponseBody;
import io.stackhouse.collector.admin.HealthCheckConfig.StalledData;
import io.stackhouse.collector.admin.PageServer.Answer;
import io.stackhouse.pipeline.Clock;
import io.stackhouse.pipeline.PipelineStatus;
import io.stackhouse.pipeline.ServiceObserver;
import io.stackhouse.pipeline.ServiceStatus;
import io.stackhouse.pipeline.ServiceStatus.Phase;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.receiver.Listening;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Answers probes: 200 while the service runs and its data move, else 503. Data don't move when a pipeline has accepted something long ago
 * that not every destination has, and has neither delivered nor given up anything for a while.
 *
 * <p>It listens from the start of the first component to the end of the last one. Threads: pages on the server's own.
 */
final class HealthCheck implements ServiceObserver, Listening {
    private final HealthCheckConfig config;
    private final String name;
    private final Clock clock;
    private volatile @Nullable ServiceStatus service;
    private @Nullable PageServer server;
    private volatile long upSinceUnixNanos;

    HealthCheck(HealthCheckConfig config, Telemetry telemetry) {
        this.config = config;
        this.name = telemetry.component().toString();
        this.clock = telemetry.clock();
    }

    @Override
    public void observe(ServiceStatus observed) {
        service = observed;
    }

    @Override
    public void start() {
        upSinceUnixNanos = clock.unixNanos();
        server = PageServer.start(name, config.address(), Map.of(config.path(), this::answer));
    }

    @Override
    public List<Port> ports() {
        PageServer open = server;
        return open == null ? List.of() : List.of(open.listening());
    }

    Answer answer() {
        ServiceStatus observed = service;
        Phase phase = observed == null ? Phase.STARTING : observed.phase();
        List<String> stalled = observed == null ? List.of() : stalled(observed.pipelines());
        boolean isHealthy = phase == Phase.RUNNING && stalled.isEmpty();
        int status = isHealthy ? 200 : 503;
        ResponseBody body = config.responseBody();
        if (body != null) {
            return new Answer(status, "text/plain", isHealthy ? body.healthy() : body.unhealthy());
        }
        return new Answer(status, "application/json", json(isHealthy, phase, stalled));
    }

    private List<String> stalled(List<PipelineStatus> pipelines) {
        StalledData limits = config.stalledData();
        List<String> ids = new ArrayList<>();
        for (PipelineStatus pipeline : pipelines) {
            PipelineStatus.Flow flow = pipeline.flow();
            if (limits.enabled()
                    && flow.pendingRequests() > 0
                    && flow.oldestPendingNanos() > limits.maxAge().toNanos()
                    && flow.sinceProgressNanos() > limits.maxPause().toNanos()) {
                ids.add(pipeline.id());
            }
        }
        return ids;
    }

    /** The Collector's document, and what is stuck. Ids have no characters that JSON would escape. */
    private String json(boolean isHealthy, Phase phase, List<String> stalled) {
        long upNanos = Math.max(0, clock.unixNanos() - upSinceUnixNanos);
        String status = isHealthy ? "Server available" : "Server not available";
        String reason = phase != Phase.RUNNING
                ? ",\"reason\":\"" + phase.name().toLowerCase(java.util.Locale.ROOT) + "\""
                : stalled.isEmpty() ? "" : ",\"stalled\":[\"" + String.join("\",\"", stalled) + "\"]";
        return "{\"status\":\"" + status + "\",\"upSince\":\""
                + Instant.EPOCH.plusNanos(upSinceUnixNanos)
                + "\",\"uptime\":\"" + Duration.ofNanos(upNanos).toSeconds() + "s\"" + reason + "}\n";
    }

    @Override
    public void close() {
        PageServer open = server;
        server = null;
        if (open != null) {
            open.close();
        }
    }
}
