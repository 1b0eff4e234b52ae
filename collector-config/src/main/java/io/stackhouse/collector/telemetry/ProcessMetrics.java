package io.stackhouse.collector.telemetry;

import io.opentelemetry.api.metrics.Meter;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.RuntimeMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** What the process itself uses, under the Collector's names. */
final class ProcessMetrics {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final double MILLIS_PER_SECOND = 1_000;
    private static final double NANOS_PER_SECOND = 1e9;

    private ProcessMetrics() {}

    static void register(Meter meter) {
        RuntimeMXBean runtime = ManagementFactory.getRuntimeMXBean();
        meter.counterBuilder("otelcol_process_uptime")
                .ofDoubles()
                .setUnit("s")
                .setDescription("Time since the start")
                .buildWithCallback(out -> out.record(runtime.getUptime() / MILLIS_PER_SECOND));
        meter.counterBuilder("otelcol_process_cpu_seconds")
                .ofDoubles()
                .setUnit("s")
                .setDescription("CPU time of user and kernel")
                .buildWithCallback(out -> out.record(cpuSeconds()));
        meter.gaugeBuilder("otelcol_process_memory_rss")
                .ofLongs()
                .setUnit("By")
                .setDescription("Physical memory")
                .buildWithCallback(out -> out.record(residentBytes()));
        meter.gaugeBuilder("otelcol_process_runtime_heap_alloc_bytes")
                .ofLongs()
                .setUnit("By")
                .setDescription("Used heap")
                .buildWithCallback(out -> out.record(
                        ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed()));
        HeapAllocation allocation = HeapAllocation.start();
        meter.counterBuilder("otelcol_process_runtime_total_alloc_bytes")
                .setUnit("By")
                .setDescription("Heap allocated since the start, freed or not")
                .buildWithCallback(out -> out.record(allocation.bytes()));
    }

    private static double cpuSeconds() {
        return ProcessHandle.current()
                        .info()
                        .totalCpuDuration()
                        .orElse(Duration.ZERO)
                        .toNanos()
                / NANOS_PER_SECOND;
    }

    /** VmRSS, or 0 where there is none. */
    private static long residentBytes() {
        try {
            for (String line : Files.readAllLines(STATUS)) {
                if (line.startsWith("VmRSS:")) {
                    return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
                }
            }
        } catch (IOException | NumberFormatException e) {
            // No Linux: no figure.
        }
        return 0;
    }
}
