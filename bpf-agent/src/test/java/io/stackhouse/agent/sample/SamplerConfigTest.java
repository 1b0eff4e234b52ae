package io.stackhouse.agent.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class SamplerConfigTest {
    @Test
    void sizesTheRingByTheCpus() {
        assertThat(SamplerConfig.of(99, Aggregation.KERNEL, 1).ringBytes()).isEqualTo(512 << 10);
        assertThat(SamplerConfig.of(99, Aggregation.KERNEL, 12).ringBytes()).isEqualTo(2 << 20);
        assertThat(SamplerConfig.of(99, Aggregation.KERNEL, 512).ringBytes()).isEqualTo(8 << 20);
    }

    @Test
    void refusesWhatTheKernelWouldRefuse() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SamplerConfig(99, Aggregation.KERNEL, 5000, 1, 1, 16))
                .withMessageContaining("power of two");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SamplerConfig(99, Aggregation.KERNEL, 16 << 20, 1, 1, 16))
                .withMessageContaining("ring size 16777216");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SamplerConfig(0, Aggregation.KERNEL, 4096, 1, 1, 16))
                .withMessage("frequency 0: must be 1 to 10000");
    }

    @Test
    void avoidsPeriodsThatMeetTimerTicksAgainAndAgain() {
        assertThat(SamplingPeriod.nanos(99)).isEqualTo(10_101_010);
        assertThat(SamplingPeriod.nanos(100)).isEqualTo(9_900_991);
        assertThat(SamplingPeriod.nanos(1000)).isEqualTo(990_100);
        assertThat(SamplingPeriod.nanos(19)).isEqualTo(52_631_578);
        assertThat(SamplingPeriod.nanos(10_000)).isEqualTo(100_000);
    }

    @Test
    void readsTheKernelsListOfCpus() {
        assertThat(OnlineCpus.parse("0\n")).containsExactly(0);
        assertThat(OnlineCpus.parse("0-2,5,8-9\n")).containsExactly(0, 1, 2, 5, 8, 9);
        assertThat(OnlineCpus.read()).isNotEmpty();
    }

    @Test
    void namesTheObjectOfAnArchitecture() {
        assertThat(BpfCode.resourceName("amd64")).isEqualTo("stackhouse-x86_64.bpf.o");
        assertThat(BpfCode.resourceName("aarch64")).isEqualTo("stackhouse-arm64.bpf.o");
        assertThat(BpfCode.resourceName("riscv64")).isEqualTo("stackhouse-riscv64.bpf.o");
    }
}
