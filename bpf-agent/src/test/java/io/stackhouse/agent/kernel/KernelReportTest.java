package io.stackhouse.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class KernelReportTest {
    private static final String STATUS = "Name:\tjava\nUid:\t65534\t1000\t65534\t65534\nCapEff:\t000000c400080004\n";

    @Test
    void readsUserAndCapabilitiesFromProcfs() {
        assertThat(KernelProbe.effectiveUser(STATUS)).isEqualTo("1000");
        assertThat(KernelProbe.effectiveCapabilities(STATUS)).isEqualTo(0xc400080004L);
    }

    @Test
    void findsWhatIsMissing() {
        assertThat(KernelProbe.missing(0xc400080004L)).isEmpty();
        assertThat(KernelProbe.missing(0)).containsExactlyInAnyOrder(Capability.values());
        assertThat(KernelProbe.missing(1L << 39 | 1L << 38))
                .containsExactlyInAnyOrder(
                        Capability.CAP_SYS_PTRACE, Capability.CAP_SYSLOG, Capability.CAP_DAC_READ_SEARCH);
    }

    @Test
    void takesTheOlderCapabilityForTheNewerOnes() {
        assertThat(KernelProbe.missing(1L << 21))
                .containsExactlyInAnyOrder(Capability.CAP_SYS_PTRACE, Capability.CAP_DAC_READ_SEARCH);
    }

    @Test
    void namesEachObstacleAndWhatToDo() {
        KernelReport nothing =
                report(EnumSet.allOf(Capability.class), false, "libbpf.so.1 is missing: apt-get install libbpf1", "");

        assertThat(nothing.obstacles()).hasSize(4);
        assertThat(nothing.obstacles().get(0)).contains("CAP_BPF is missing").contains("Run as root");
        assertThat(nothing.obstacles().get(1)).contains("CAP_PERFMON is missing");
        assertThat(nothing.obstacles().get(2))
                .contains("/sys/kernel/btf/vmlinux")
                .contains("CONFIG_DEBUG_INFO_BTF");
        assertThat(nothing.obstacles().get(3)).contains("apt-get install libbpf1");
    }

    @Test
    void worksWithoutTheOptionalCapabilitiesAndSaysWhatFallsAway() {
        KernelReport report = report(EnumSet.of(Capability.CAP_SYSLOG), true, "", "");

        assertThat(report.obstacles()).isEmpty();
        assertThat(report.lines())
                .contains("CAP_BPF: yes")
                .anyMatch(line -> line.startsWith("CAP_SYSLOG: missing; kernel frames"));
    }

    @Test
    void namesAPerfEventThatIsForbiddenThoughTheCapabilitiesAreThere() {
        KernelReport report = report(EnumSet.noneOf(Capability.class), true, "", "perf_event_open: EPERM");

        assertThat(report.obstacles())
                .singleElement()
                .asString()
                .contains("perf_event_open: EPERM")
                .contains("container");
    }

    @Test
    void probesThisMachine() {
        KernelReport report = KernelProbe.run();

        assertThat(report.cpus()).isPositive();
        assertThat(report.kernel()).isNotEmpty();
        assertThat(report.lines()).hasSizeGreaterThan(8);
    }

    private static KernelReport report(Set<Capability> missing, boolean btf, String libbpf, String perf) {
        return new KernelReport("6.1.0", "amd64", 4, btf, true, false, missing, true, libbpf, perf);
    }
}
