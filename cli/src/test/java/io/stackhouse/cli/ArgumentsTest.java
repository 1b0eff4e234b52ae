package io.stackhouse.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.TypeConversionException;

final class ArgumentsTest {

    private final StringWriter errors = new StringWriter();
    private final StringWriter output = new StringWriter();

    @Test
    void readsDurations() {
        DurationConverter converter = new DurationConverter();
        assertThat(converter.convert("30s")).isEqualTo(Duration.ofSeconds(30));
        assertThat(converter.convert("5m")).isEqualTo(Duration.ofMinutes(5));
        assertThat(converter.convert("2h")).isEqualTo(Duration.ofHours(2));
        assertThatThrownBy(() -> converter.convert("30"))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("30s, 5m or 2h");
        assertThatThrownBy(() -> converter.convert("0s")).isInstanceOf(TypeConversionException.class);
        assertThatThrownBy(() -> converter.convert("99999999d")).isInstanceOf(TypeConversionException.class);
    }

    @Test
    void everyCommandExplainsItselfWithExamplesAndExitCodes() {
        for (String command : new String[] {"up", "sql", "top", "flamegraph"}) {
            output.getBuffer().setLength(0);
            assertThat(execute(command, "--help")).isZero();
            assertThat(output.toString()).contains("Examples:", "./stackhouse " + command, "Exit codes:");
        }
    }

    @Test
    void refusesPortsAndFrequenciesThatDoNotExistBeforeAnythingElse() {
        assertThat(execute("up", "--otlp-port", "0")).isEqualTo(2);
        assertThat(errors.toString()).contains("--otlp-port is 0; it must be 1 to 65535");
        assertThat(execute("up", "--frequency", "5000")).isEqualTo(2);
        assertThat(errors.toString()).contains("--frequency is 5000; it must be 1 to 1000");
    }

    @Test
    void refusesFlameGraphsOfNothingAndOfWhatDoesNotGoTogether() {
        assertThat(execute("flamegraph", "--out", "x.html")).isEqualTo(2);
        assertThat(errors.toString()).contains("--service or --trace is missing");
        assertThat(execute("flamegraph", "--trace", "a1", "--diff", "1.7", "--out", "x.html"))
                .isEqualTo(2);
        assertThat(errors.toString()).contains("--diff compares a service");
        for (String share : new String[] {"0%", "101%", "few"}) {
            assertThat(execute("flamegraph", "--service", "s", "--request", "r", "--slowest", share, "--out", "x.html"))
                    .isEqualTo(2);
            assertThat(errors.toString()).contains("--slowest: ");
            errors.getBuffer().setLength(0);
        }
    }

    @Test
    void choosesTheFormatOfAnswers() {
        assertThat(SqlCommand.formatName(null, false)).isEqualTo("TabSeparated");
        assertThat(SqlCommand.formatName(null, true)).isEqualTo("TabSeparatedWithNames");
        assertThat(SqlCommand.formatName("CSV", true)).isEqualTo("CSV");
    }

    private int execute(String... arguments) {
        CommandLine line = Main.commandLine();
        line.setErr(new PrintWriter(errors, true));
        line.setOut(new PrintWriter(output, true));
        return line.execute(arguments);
    }
}
