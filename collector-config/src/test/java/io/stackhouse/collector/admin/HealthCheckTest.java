package io.stackhouse.collector.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stackhouse.collector.admin.HealthCheckConfig.ResponseBody;
import io.stackhouse.collector.admin.HealthCheckConfig.StalledData;
import io.stackhouse.pipeline.ComponentId;
import io.stackhouse.pipeline.PipelineStatus;
import io.stackhouse.pipeline.ServiceStatus;
import io.stackhouse.pipeline.ServiceStatus.Phase;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.testing.ManualClock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class HealthCheckTest {
    private static final long SECOND = 1_000_000_000L;
    private static final PipelineStatus.Parts PARTS =
            new PipelineStatus.Parts(List.of(), List.of(), List.of(ComponentId.parse("clickhouse")));

    private final ManualClock clock = new ManualClock();

    private HealthCheck check(HealthCheckConfig config) {
        Telemetry none = Telemetry.none();
        return new HealthCheck(config, new Telemetry(ComponentId.parse("health_check"), none.meter(), clock));
    }

    private static PipelineStatus pipeline(String id, long pending, long oldestSeconds, long sinceSeconds) {
        return new PipelineStatus(
                id, PARTS, new PipelineStatus.Flow(pending, oldestSeconds * SECOND, sinceSeconds * SECOND, 1, 0));
    }

    private static ServiceStatus service(Phase phase, PipelineStatus... pipelines) {
        return new ServiceStatus() {
            @Override
            public Phase phase() {
                return phase;
            }

            @Override
            public List<PipelineStatus> pipelines() {
                return List.of(pipelines);
            }

            @Override
            public List<ComponentId> extensions() {
                return List.of();
            }
        };
    }

    private PageServer.Answer answer(HealthCheckConfig config, ServiceStatus service) {
        HealthCheck check = check(config);
        check.observe(service);
        return check.answer();
    }

    private int status(PipelineStatus... pipelines) {
        return answer(HealthCheckConfig.defaults(), service(Phase.RUNNING, pipelines))
                .status();
    }

    @Test
    void isHealthyWhileDataMove() {
        assertThat(status()).isEqualTo(200);
        assertThat(status(pipeline("profiles", 0, 0, 9_999)))
                .as("nothing is pending")
                .isEqualTo(200);
        assertThat(status(pipeline("profiles", 5, 9_999, 59)))
                .as("old data, but they move")
                .isEqualTo(200);
        assertThat(status(pipeline("profiles", 5, 299, 9_999)))
                .as("held back for a window")
                .isEqualTo(200);
    }

    @Test
    void isNotHealthyWhenAPipelineIsStuck() {
        PageServer.Answer answer = answer(
                HealthCheckConfig.defaults(),
                service(
                        Phase.RUNNING,
                        pipeline("profiles", 5, 301, 61),
                        pipeline("traces", 0, 0, 0),
                        pipeline("traces/b", 1, 400, 400)));
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.text()).contains("Server not available", "\"stalled\":[\"profiles\",\"traces/b\"]");
    }

    @Test
    void isNotHealthyWhileItStartsAndStops() {
        assertThat(check(HealthCheckConfig.defaults()).answer().status()).isEqualTo(503);
        for (Phase phase : List.of(Phase.STARTING, Phase.STOPPING)) {
            PageServer.Answer answer = answer(HealthCheckConfig.defaults(), service(phase));
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.text()).containsIgnoringCase("\"reason\":\"" + phase);
        }
    }

    @Test
    void looksAtDataOnlyWhenItMay() {
        HealthCheckConfig config = new HealthCheckConfig(
                "localhost:0", "/", null, new StalledData(false, Duration.ofMinutes(5), Duration.ofMinutes(1)));
        assertThat(answer(config, service(Phase.RUNNING, pipeline("profiles", 5, 9_999, 9_999)))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void answersWithTheTextsThatItIsGiven() {
        HealthCheckConfig defaults = HealthCheckConfig.defaults();
        HealthCheckConfig config =
                new HealthCheckConfig("localhost:0", "/", new ResponseBody("good", "bad"), defaults.stalledData());
        assertThat(answer(config, service(Phase.RUNNING)).text()).isEqualTo("good");
        assertThat(answer(config, service(Phase.STOPPING)).text()).isEqualTo("bad");
    }

    @Test
    void refusesSenselessSettings() {
        StalledData data = HealthCheckConfig.defaults().stalledData();
        assertThatThrownBy(() -> new HealthCheckConfig("13133", "/", null, data))
                .hasMessageStartingWith("endpoint '13133' is no address");
        assertThatThrownBy(() -> new HealthCheckConfig("localhost:1", "health", null, data))
                .hasMessageStartingWith("path 'health'");
        assertThatThrownBy(() -> new StalledData(true, Duration.ZERO, Duration.ofSeconds(1)))
                .hasMessageStartingWith("max_age");
        assertThatThrownBy(() -> new StalledData(true, Duration.ofSeconds(1), Duration.ZERO))
                .hasMessageStartingWith("max_pause");
    }
}
