package io.stackhouse.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

final class SoakBenchTest {

    @Test
    void comparesTheLastQuarterWithTheSecondWhateverTheFirstWas() {
        List<Double> values = List.of(1.0, 900.0, 5.0, 100.0, 104.0, 90.0, 7.0, 7.0, 7.0, 150.0, 125.0, 120.0);

        assertThat(SoakBench.growth(values)).isCloseTo(1.25, within(1e-9));
    }
}
