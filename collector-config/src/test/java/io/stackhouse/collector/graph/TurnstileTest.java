package io.stackhouse.collector.graph;

import static org.assertj.core.api.Assertions.assertThat;

import io.stackhouse.pipeline.Clock;
import io.stackhouse.pipeline.ComponentId;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.batch.Batch;
import io.stackhouse.pipeline.batch.Receipt;
import io.stackhouse.pipeline.memory.MemoryLease;
import io.stackhouse.pipeline.otlp.OtlpDecoder;
import io.stackhouse.pipeline.testing.MetricReadings;
import io.stackhouse.pipeline.testing.Traces;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TurnstileTest {
    private final MetricReadings readings = new MetricReadings();
    private final List<String> settled = new ArrayList<>();

    private Batch spans(int count) {
        byte[] body = Traces.realistic(count).toByteArray();
        Batch batch = OtlpDecoder.decode(Signal.TRACES, 1, body, 7, MemoryLease.counting());
        batch.setReceipt(new Receipt() {
            @Override
            public void delivered() {
                settled.add("delivered");
            }

            @Override
            public void dropped(String reason) {
                settled.add(reason);
            }
        });
        return batch;
    }

    @Test
    void countsWhatAnExporterFailsToTake() {
        Telemetry telemetry =
                new Telemetry(ComponentId.parse("odd"), readings.meters().get("test"), Clock.system());
        Turnstile turnstile = new Turnstile(
                batch -> {
                    if (batch.size() == 3) {
                        throw new IllegalStateException("not three");
                    }
                    batch.receipt().delivered();
                },
                telemetry);
        turnstile.accept(spans(3));
        turnstile.accept(spans(4));
        assertThat(settled)
                .containsExactly("exporter odd failed: java.lang.IllegalStateException: not three", "delivered");
        assertThat(readings.sum("otelcol_exporter_enqueue_failed_spans", "odd")).isEqualTo(3);
    }
}
