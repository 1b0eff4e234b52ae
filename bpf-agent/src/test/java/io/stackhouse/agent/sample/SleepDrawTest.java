package io.stackhouse.agent.sample;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SleepDrawTest {
    @Test
    void setsTheChanceThatWouldHaveGivenTheWantedNumber() {
        assertThat(SleepDraw.next(SleepDraw.CERTAIN / 8, 200, 50)).isEqualTo(SleepDraw.CERTAIN / 32);
        assertThat(SleepDraw.next(SleepDraw.CERTAIN / 8, 25, 50)).isEqualTo(SleepDraw.CERTAIN / 4);
    }

    @Test
    void growsStepByStepAndNeverAboveCertainty() {
        assertThat(SleepDraw.next(1000, 0, 50)).isEqualTo(4000);
        assertThat(SleepDraw.next(SleepDraw.CERTAIN / 2, 0, 50)).isEqualTo(SleepDraw.CERTAIN);
        assertThat(SleepDraw.next(SleepDraw.CERTAIN, 0, 50)).isEqualTo(SleepDraw.CERTAIN);
    }

    @Test
    void neverEndsDrawing() {
        assertThat(SleepDraw.next(1, 1_000_000, 1)).isEqualTo(1);
    }
}
