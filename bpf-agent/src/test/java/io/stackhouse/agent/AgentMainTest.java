package io.stackhouse.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.stackhouse.agent.sample.Aggregation;
import io.stackhouse.agent.sample.MoreEvents;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class AgentMainTest {
    private final AgentMain main = new AgentMain();
    private final CommandLine commandLine = AgentMain.commandLine(main);
    private final StringWriter err = new StringWriter();
    private final StringWriter out = new StringWriter();

    @Test
    void hasDefaultsThatNeedNothing() {
        commandLine.parseArgs();

        AgentConfig config = main.config();

        assertThat(config.sender().endpoint()).hasToString("http://localhost:4317");
        assertThat(config.interval()).isEqualTo(Duration.ofSeconds(10));
        assertThat(config.sampler().frequencyHertz()).isEqualTo(99);
        assertThat(config.sampler().aggregation()).isEqualTo(Aggregation.KERNEL);
        assertThat(config.metricsListen().getPort()).isEqualTo(8889);
        assertThat(config.metricsListen().getAddress().isLoopbackAddress()).isTrue();
    }

    @Test
    void readsAllSettings() {
        commandLine.parseArgs(
                "--endpoint=https://otlp.example.com:443",
                "--frequency=19",
                "--interval=500ms",
                "--aggregation=none",
                "--metrics-listen=off",
                "--ring-size=1MiB",
                "--max-stacks=7",
                "--max-counts=8",
                "--max-processes=64");

        AgentConfig config = main.config();

        assertThat(config.sender().endpoint()).hasToString("https://otlp.example.com:443");
        assertThat(config.interval()).isEqualTo(Duration.ofMillis(500));
        assertThat(config.metricsListen()).isNull();
        assertThat(config.sampler())
                .isEqualTo(new io.stackhouse.agent.sample.SamplerConfig(
                        19, Aggregation.NONE, 1 << 20, 7, 8, 64, 64 << 20, true));
    }

    @Test
    void readsWhatIsSampledBesideCpuTime() {
        commandLine.parseArgs("--page-faults=256", "--off-cpu=20");

        assertThat(main.config().sampler().more()).isEqualTo(new MoreEvents(256, 20));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --frequency=0            | frequency 0: must be 1 to 10000
            --off-cpu=0              | is no number from 1 on, nor off
            --off-cpu=20000          | sleeps per second 20000: must be 0 to 10000
            --page-faults=many       | is no number from 1 on, nor off
            --interval=10            | write 500ms, 10s, 5m or 1h
            --interval=1ms           | must be 100ms to 10m
            --endpoint=ftp://a:1     | is not http://host:port or https://host:port
            --aggregation=some       | expected one of [KERNEL, NONE]
            --metrics-listen=8889    | write localhost:8889, or off
            --metrics-listen=a:70000 | write localhost:8889, or off
            --ring-size=3KiB         | ring size 3072
            --ring-size=700KiB       | must be a power of two
            --ring-size=1GB          | write 512KiB or 1MiB
            --nonsense               | Unknown option: '--nonsense'
            """)
    void refusesWrongUsageAndSaysWhatIsAllowed(String argument, String message) {
        assertThat(execute(argument)).isEqualTo(2);
        assertThat(err.toString()).contains(message);
    }

    @Test
    void explainsItself() {
        assertThat(execute("--help")).isZero();
        assertThat(out.toString()).contains("Examples:", "--exit-with-stdin", "Exit codes: 0 fine");

        assertThat(execute("--version")).isZero();
        assertThat(out.toString())
                .contains("stackhouse bpf-agent")
                .doesNotContain("${")
                .doesNotContain("unknown");
    }

    @Test
    void reportsWhatTheMachineGives() {
        int code = execute("--check");

        assertThat(code).isIn(0, 3);
        assertThat(out.toString())
                .contains("CAP_BPF: ")
                .contains(code == 0 ? "Sampling is possible." : "Sampling is not possible:");
    }

    private int execute(String... arguments) {
        commandLine.setErr(new PrintWriter(err)).setOut(new PrintWriter(out));
        return commandLine.execute(arguments);
    }
}
