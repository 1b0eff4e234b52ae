package io.stackhouse.pipeline.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.batch.ProfileHeader;
import io.stackhouse.pipeline.batch.ProfileHeader.ValueType;
import io.stackhouse.pipeline.memory.MemoryLease;
import io.stackhouse.pipeline.otlp.SampleTypes.Normalized;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SampleTypesTest {
    @ParameterizedTest
    @CsvSource({
        // sent, period type, period: kept, period, factor
        "samples/count, cpu/nanoseconds, 50000000, cpu/nanoseconds, cpu/nanoseconds, 50000000, 50000000",
        "sample/count, cpu/ns, 7, cpu/nanoseconds, cpu/nanoseconds, 7, 7",
        "events/count, cpu/ms, 10, cpu/nanoseconds, cpu/nanoseconds, 10000000, 10000000",
        "perf_events/count, perf_events/ns, 10000000, cpu/nanoseconds, cpu/nanoseconds, 10000000, 10000000",
        "perf_events/count, cpu/us, 3, cpu/nanoseconds, cpu/nanoseconds, 3000, 3000",
        "cpu/count, cpu/s, 1, cpu/nanoseconds, cpu/nanoseconds, 1000000000, 1000000000",
        "wall-clock/count, wall/ms, 2, wall/nanoseconds, wall/nanoseconds, 2000000, 2000000",
        "samples/count, cpu/nanoseconds, 0, samples/count, cpu/nanoseconds, 0, 1",
        "samples/count, cpu/nanoseconds, -5, samples/count, cpu/nanoseconds, -5, 1",
        "samples/count, space/bytes, 5, samples/count, space/bytes, 5, 1",
        "perf_events/count, perf_events/count, 5, perf_events/count, perf_events/count, 5, 1",
        "samples/count, wall/ns, 5, samples/count, wall/nanoseconds, 5, 1",
        "object_sampler/count, object_sampler/bytes, 524287, object_sampler/count, object_sampler/bytes, 524287, 1",
        "cpu/ns, cpu/ns, 10, cpu/nanoseconds, cpu/nanoseconds, 10, 1",
        "offcpu/ns, /, 0, off_cpu/nanoseconds, /, 0, 1",
        "alloc_space/By, /, 0, allocated_space/bytes, /, 0, 1",
    })
    void keepsOneNamePerKind(
            String sent, String sentPeriod, long period, String type, String periodType, long keptPeriod, long factor) {
        Normalized normalized = SampleTypes.normalized(type(sent), type(sentPeriod), period, false);

        assertThat(normalized).isEqualTo(new Normalized(type(type), type(periodType), keptPeriod, factor));
    }

    private static ValueType type(String slashed) {
        int slash = slashed.indexOf('/');
        return new ValueType(slashed.substring(0, slash), slashed.substring(slash + 1));
    }

    @Test
    void aCountBesideTimeStaysACount() {
        ProfilesEncoder encoder = new ProfilesEncoder();
        encoder.beginResource();
        encoder.beginScope("pprof", "1");
        addProfile(encoder, "samples", "count", 3);
        addProfile(encoder, "cpu", "nanoseconds", 30_000_000);
        encoder.beginScope("other", "1");
        addProfile(encoder, "samples", "count", 4);

        ProfileBatch batch = ProfilesDecoder.forVersion(1)
                .decode(encoder.toByteArray(), 0, MemoryLease.counting())
                .batch();

        assertThat(batch.profile(0).type()).isEqualTo(type("samples/count"));
        assertThat(batch.rowValue(0)).isEqualTo(3);
        assertThat(batch.rowValue(1)).isEqualTo(30_000_000);
        ProfileHeader alone = batch.profile(2);
        assertThat(alone.type()).isEqualTo(type("cpu/nanoseconds"));
        assertThat(alone.originalType()).isEqualTo(type("samples/count"));
        assertThat(batch.rowValue(2)).isEqualTo(40_000_000);
    }

    private static void addProfile(ProfilesEncoder encoder, String type, String unit, long value) {
        encoder.beginProfile(new ProfileHeading(type, unit, "cpu", "nanoseconds", 10_000_000, 1, 1, new byte[0]));
        encoder.sample(0, new int[0], 0, 0, value);
    }

    @Test
    void theReadmeHasTheSameTables() throws IOException {
        String readme = Files.readString(Path.of("README.md"));

        assertThat(table(readme, "Counted events")).isEqualTo(new TreeMap<>(SampleTypes.COUNTED_TIME));
        assertThat(table(readme, "Other names of a type")).isEqualTo(new TreeMap<>(SampleTypes.TYPES));
        assertThat(table(readme, "Other spellings of a unit")).isEqualTo(new TreeMap<>(SampleTypes.UNITS));
    }

    /** Rows such as {@code | `a`, `b` | `c` |} of the table whose head begins so. */
    private static Map<String, String> table(String readme, String head) {
        Map<String, String> rows = new TreeMap<>();
        int start = readme.indexOf("| " + head);
        assertThat(start).as(head).isNotNegative();
        int end = readme.indexOf("\n\n", start);
        Matcher row = Pattern.compile("(?m)^\\| (`.*`) \\| `(.*)` \\|$").matcher(readme.substring(start, end));
        while (row.find()) {
            String kept = row.group(2);
            Pattern.compile("`([^`]+)`")
                    .matcher(row.group(1))
                    .results()
                    .map((MatchResult name) -> name.group(1))
                    .forEach(name -> rows.put(name, kept));
        }
        return rows;
    }
}
