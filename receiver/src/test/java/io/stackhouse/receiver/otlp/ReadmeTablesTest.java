package io.stackhouse.receiver.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.metrics.DoubleGaugeBuilder;
import io.opentelemetry.api.metrics.DoubleHistogramBuilder;
import io.opentelemetry.api.metrics.LongCounterBuilder;
import io.opentelemetry.api.metrics.LongUpDownCounterBuilder;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.metrics.MeterProvider;
import io.stackhouse.pipeline.Clock;
import io.stackhouse.pipeline.ComponentId;
import io.stackhouse.pipeline.Inlets;
import io.stackhouse.pipeline.Telemetry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The README's tables of answers and metrics say what the code does. */
class ReadmeTablesTest {
    private static final Pattern NAME = Pattern.compile("\"(otelcol_[a-z_]+[a-z])\"");

    /** The cells of the rows of the first table below the heading. */
    private static List<List<String>> table(String heading) throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        List<List<String>> rows = new ArrayList<>();
        for (String line : readme.substring(readme.indexOf("\n## " + heading + "\n") + 4)
                .lines()
                .toList()) {
            if (line.startsWith("|")) {
                rows.add(List.of(line.substring(2, line.length() - 1).split(" *\\| *", -1)));
            } else if (!rows.isEmpty() || line.startsWith("## ")) {
                break;
            }
        }
        return rows.subList(2, rows.size());
    }

    @Test
    void theAnswersAreThoseOfTheCode() throws IOException {
        Set<String> documented = new TreeSet<>();
        for (List<String> row : table("Answers")) {
            if (row.get(0).startsWith("`")) {
                documented.add(row.get(0) + " " + row.get(2) + " " + row.get(3));
            }
        }
        Set<String> expected = new TreeSet<>();
        for (Failure.Kind kind : Failure.Kind.values()) {
            boolean isRetried = kind == Failure.Kind.NOT_NOW;
            boolean isChallenged = kind == Failure.Kind.UNAUTHENTICATED;
            expected.add("`" + kind.label() + "` " + kind.grpcCode()
                    + (isRetried ? " + RetryInfo " : isChallenged ? " + `www-authenticate` " : " ")
                    + kind.httpStatus()
                    + (isRetried ? " + `Retry-After`" : isChallenged ? " + `WWW-Authenticate`" : ""));
        }
        assertThat(documented).isEqualTo(expected);
    }

    @Test
    void theMetricsAreThoseOfTheCode() throws IOException {
        RecordingMeter meter = new RecordingMeter();
        Telemetry telemetry = new Telemetry(ComponentId.parse("otlp"), meter, Clock.system());
        try (ReceiverMetrics metrics = new ReceiverMetrics(telemetry)) {
            metrics.watch(new Intake(OtlpConfig.defaults(), new Inlets(Map.of()), metrics, telemetry.clock()));
        }
        Set<String> made = new TreeSet<>(meter.names);
        made.addAll(namesInTheSources());
        Set<String> documented = new TreeSet<>();
        for (List<String> row : table("Metrics")) {
            documented.add(row.get(0).replace("`", ""));
        }
        assertThat(documented).isEqualTo(made);
    }

    /** Of the instruments that others than ReceiverMetrics make, which need ports, files or credentials to be made. */
    private static Set<String> namesInTheSources() throws IOException {
        Set<String> names = new TreeSet<>();
        try (Stream<Path> sources = Files.walk(Path.of("src", "main", "java"))) {
            for (Path source : sources.filter(Files::isRegularFile).toList()) {
                Matcher name = NAME.matcher(Files.readString(source));
                while (name.find()) {
                    names.add(name.group(1));
                }
            }
        }
        return names;
    }

    /** Remembers the names of the instruments that are made. */
    private static final class RecordingMeter implements Meter {
        private final Meter noop = MeterProvider.noop().get("test");
        private final Set<String> names = new TreeSet<>();

        @Override
        public LongCounterBuilder counterBuilder(String name) {
            names.add(name);
            return noop.counterBuilder(name);
        }

        @Override
        public LongUpDownCounterBuilder upDownCounterBuilder(String name) {
            names.add(name);
            return noop.upDownCounterBuilder(name);
        }

        @Override
        public DoubleHistogramBuilder histogramBuilder(String name) {
            names.add(name);
            return noop.histogramBuilder(name);
        }

        @Override
        public DoubleGaugeBuilder gaugeBuilder(String name) {
            names.add(name);
            return noop.gaugeBuilder(name);
        }
    }
}
