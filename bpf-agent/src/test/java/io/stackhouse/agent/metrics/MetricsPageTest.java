package io.stackhouse.agent.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MetricsPageTest {
    @Test
    void writesPrometheusText() {
        String page = new MetricsPage()
                .label("info", "Version.", "version", "1 \"x\"\n")
                .counter("samples_total", "Samples.", 12_345_678_901L)
                .counterSeconds("run_seconds_total", "Time.", 1_500_000_000L)
                .gauge("stacks", "Stacks.", 3)
                .toString();

        assertThat(page).isEqualTo("""
                # HELP stackhouse_agent_info Version.
                # TYPE stackhouse_agent_info gauge
                stackhouse_agent_info{version="1 \\"x\\"\\n"} 1
                # HELP stackhouse_agent_samples_total Samples.
                # TYPE stackhouse_agent_samples_total counter
                stackhouse_agent_samples_total 12345678901
                # HELP stackhouse_agent_run_seconds_total Time.
                # TYPE stackhouse_agent_run_seconds_total counter
                stackhouse_agent_run_seconds_total 1.5
                # HELP stackhouse_agent_stacks Stacks.
                # TYPE stackhouse_agent_stacks gauge
                stackhouse_agent_stacks 3
                """);
    }

    @Test
    void readsResidentMemory() {
        assertThat(OwnMemory.residentBytes(
                        "00400000-7fff ---p 00000000 00:00 0 [rollup]\nRss:              1756 kB\nPss: 3 kB\n"))
                .isEqualTo(1756 * 1024);
        assertThat(OwnMemory.residentBytes()).isGreaterThan(1 << 20);
    }
}
