package io.stackhouse.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** The capabilities that the agent keeps, by number and by the names that this machine's setpriv knows. */
final class Capabilities {

    static final int BPF = 39;
    static final int PERFMON = 38;

    private static final List<Capability> AGENT = List.of(
            new Capability(BPF, "bpf"),
            new Capability(PERFMON, "perfmon"),
            new Capability(19, "sys_ptrace"),
            new Capability(34, "syslog"),
            new Capability(2, "dac_read_search"));

    private Capabilities() {}

    /** Those of the agent's that we have ourselves, which alone can be passed on. */
    static List<String> forAgent(long ownMask, Set<String> knownNames) {
        return AGENT.stream()
                .filter(each -> has(ownMask, each.number()))
                .map(each -> knownNames.contains(each.name()) ? each.name() : "cap_" + each.number())
                .toList();
    }

    /** Names of the agent's capabilities that we lack. */
    static List<String> missingForAgent(long ownMask) {
        return AGENT.stream()
                .filter(each -> !has(ownMask, each.number()))
                .map(each -> "CAP_" + each.name().toUpperCase(java.util.Locale.ROOT))
                .toList();
    }

    static boolean has(long mask, int number) {
        return (mask >>> number & 1) == 1;
    }

    /** What this process may use, as the kernel has it. */
    static long ownMask() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("CapEff:")) {
                return Long.parseUnsignedLong(line.substring("CapEff:".length()).trim(), 16);
            }
        }
        throw new IOException("/proc/self/status has no line CapEff");
    }

    /** The names that setpriv knows; older ones lack bpf and perfmon, but take numbers. */
    static Set<String> namesKnownToSetpriv() throws IOException {
        Process process = new ProcessBuilder("setpriv", "--list-caps")
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String names = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return Set.copyOf(names.lines().map(String::trim).distinct().toList());
    }

    private record Capability(int number, String name) {}
}
