package io.stackhouse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class PreflightTest {

    private static final long ALL = -1L;

    @Test
    void namesEveryTakenPortWithTheOptionThatChangesIt() throws IOException {
        try (ServerSocket one = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ServerSocket two = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Map<String, Integer> ports = new LinkedHashMap<>();
            ports.put("--http-port", one.getLocalPort());
            ports.put("--otlp-port", two.getLocalPort());

            assertThat(Preflight.portProblems(ports))
                    .satisfiesExactly(
                            first -> assertThat(first).contains("port " + one.getLocalPort(), "taken", "--http-port"),
                            second ->
                                    assertThat(second).contains("port " + two.getLocalPort(), "taken", "--otlp-port"));
        }
    }

    @Test
    void refusesOnePortForTwoThings() throws IOException {
        int free;
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = probe.getLocalPort();
        }
        Map<String, Integer> ports = new LinkedHashMap<>();
        ports.put("--otlp-port", free);
        ports.put("--otlp-http-port", free);
        assertThat(Preflight.portProblems(ports))
                .containsExactly("port " + free + " is asked for twice, by --otlp-port and --otlp-http-port");
    }

    @Test
    void saysHowToGetThePrivilegesThatAreMissing() {
        assertThat(Preflight.privilegeProblems(0, false))
                .singleElement()
                .asString()
                .contains("sudo ./stackhouse up");
        long withoutBpf = ALL & ~(1L << Capabilities.BPF);
        assertThat(Preflight.privilegeProblems(withoutBpf, true))
                .singleElement()
                .asString()
                .contains("CAP_BPF", "--privileged");
        assertThat(Preflight.privilegeProblems(ALL, true)).isEmpty();
    }

    @Test
    void passesOnOnlyTheCapabilitiesThatItHasAndByNamesThatSetprivKnows() {
        long withoutSyslog = ALL & ~(1L << 34);
        assertThat(Capabilities.forAgent(withoutSyslog, Set.of("bpf", "sys_ptrace", "dac_read_search")))
                .containsExactly("bpf", "cap_38", "sys_ptrace", "dac_read_search");
        assertThat(Capabilities.missingForAgent(withoutSyslog)).containsExactly("CAP_SYSLOG");
    }

    @Test
    void runsPartsAsTheCallerOfSudoOrAsNobody() {
        assertThat(RunAs.choose(Map.of("SUDO_UID", "1000", "SUDO_GID", "1001", "SUDO_USER", "ada")))
                .isEqualTo(new RunAs(1000, 1001, "ada"));
        assertThat(RunAs.choose(Map.of())).isEqualTo(new RunAs(65_534, 65_534, "nobody"));
        assertThat(RunAs.choose(Map.of("SUDO_UID", "0", "SUDO_GID", "0")))
                .isEqualTo(new RunAs(65_534, 65_534, "nobody"));
        assertThat(RunAs.choose(Map.of("SUDO_UID", "1; rm", "SUDO_GID", "1")))
                .isEqualTo(new RunAs(65_534, 65_534, "nobody"));
    }
}
