package io.stackhouse.exporter.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;

import io.stackhouse.exporter.delivery.RetryOnFailure;
import io.stackhouse.exporter.testing.RecordingMeter;
import io.stackhouse.pipeline.ComponentId;
import io.stackhouse.pipeline.Secret;
import io.stackhouse.pipeline.Telemetry;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The tables of the README say what the code does. */
class ReadmeTest {
    /** First and second column of the rows of a section's table. */
    private static Map<String, String> table(String section) throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        String text = readme.substring(readme.indexOf("### " + section));
        text = text.substring(0, text.indexOf("\n###"));
        Map<String, String> rows = new LinkedHashMap<>();
        for (String line : text.split("\n", -1)) {
            if (line.startsWith("| `")) {
                String[] cells = line.split(" *\\| *", -1);
                rows.put(cells[1].replace("`", ""), cells[2].replace("`", ""));
            }
        }
        return rows;
    }

    @Test
    void everySettingStandsThereWithItsDefault() throws IOException, ReflectiveOperationException {
        Map<String, String> expected = new LinkedHashMap<>();
        addSettings("", ClickHouseConfig.defaults(), expected);
        assertThat(table("Settings")).containsExactlyEntriesOf(expected);
    }

    @Test
    void everyErrorStandsThereWithWhatIsDone() throws IOException {
        Map<String, String> expected = new LinkedHashMap<>();
        InsertErrors.TABLE.forEach((code, known) ->
                expected.put(known.name(), code + " " + known.action().name().toLowerCase(Locale.ROOT)));
        Map<String, String> documented = new LinkedHashMap<>();
        String readme = Files.readString(Path.of("README.md"));
        for (String line :
                readme.substring(readme.indexOf("### Errors of ClickHouse")).split("\n", -1)) {
            String[] cells = line.split(" *\\| *", -1);
            if (line.startsWith("| `") && cells.length == 5) {
                documented.put(cells[1].replace("`", ""), cells[2] + " " + cells[3]);
            }
            if (line.equals("### Tables")) {
                break;
            }
        }
        assertThat(documented).containsExactlyEntriesOf(expected);
    }

    private static void addSettings(String prefix, Record settings, Map<String, String> into)
            throws ReflectiveOperationException {
        for (RecordComponent component : settings.getClass().getRecordComponents()) {
            String key =
                    prefix + component.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
            Object value = component.getAccessor().invoke(settings);
            boolean isNested = value instanceof RetryOnFailure
                    || (value instanceof Record && value.getClass().getEnclosingClass() == ClickHouseConfig.class);
            if (isNested) {
                addSettings(key + ".", (Record) value, into);
            } else {
                into.put(key, text(value));
            }
        }
    }

    private static String text(Object value) {
        if (value instanceof Duration duration) {
            boolean isHours = !duration.isZero() && duration.toSeconds() % 3600 == 0;
            return isHours ? duration.toHours() + "h" : duration.toSeconds() + "s";
        } else if (value instanceof Enum<?> constant) {
            return constant.name().toLowerCase(Locale.ROOT);
        }
        if (value instanceof Secret secret) {
            return secret.value().isEmpty() ? "(empty)" : secret.toString();
        }
        return value.toString().isEmpty() ? "(empty)" : value.toString();
    }

    @Test
    void everyMetricStandsThere() throws IOException {
        RecordingMeter meter = new RecordingMeter();
        Telemetry telemetry = new Telemetry(
                ComponentId.parse("clickhouse"), meter.meter(), Telemetry.none().clock());
        new ExporterMetrics(telemetry, () -> 0).close();
        List<String> documented = new ArrayList<>(table("Metrics").keySet());
        assertThat(documented).containsExactlyInAnyOrderElementsOf(meter.sums.keySet());
    }
}
