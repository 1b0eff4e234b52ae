package io.stackhouse.processor.downsample;

import static org.assertj.core.api.Assertions.assertThat;

import io.stackhouse.processor.downsample.DownsampleCampaign.Figures;
import org.junit.jupiter.api.Test;

/** A small campaign with the fixed seeds; {@code scripts/benchmark.sh downsampling} runs the whole. */
class DownsampleCampaignTest {
    private static final int RUNS = 3_000;
    private static final double ERRORS = 4.5;

    @Test
    void sampledSumsAreUnbiasedWithTheVarianceAndTheIntervalsOfTheFormulas() {
        for (long seed : DownsampleCampaign.fixedSeeds()) {
            for (Figures figures : DownsampleCampaign.run(seed, RUNS)) {
                System.out.println(figures);
                assertThat(Math.abs(figures.bias()))
                        .as(figures.name())
                        .isLessThan(Math.max(DownsampleCampaign.MAX_BIAS, ERRORS * figures.biasError()));
                assertThat(Math.abs(figures.varianceRatio() - 1))
                        .as(figures.name())
                        .isLessThan(ERRORS * figures.varianceError() + DownsampleCampaign.MAX_VARIANCE_ERROR / 4);
                double slack = ERRORS * figures.coverageError();
                assertThat(figures.coverage())
                        .as(figures.name())
                        .isBetween(DownsampleCampaign.LEAST_COVERAGE - slack, DownsampleCampaign.MOST_COVERAGE + slack);
                assertThat(figures.lostAlwaysKept()).as(figures.name()).isZero();
            }
        }
    }
}
