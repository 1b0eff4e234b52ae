package io.stackhouse.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What must be true before {@code up} starts anything; all that is wrong is told in one go. */
final class Preflight {

    private static final Path BTF = Path.of("/sys/kernel/btf/vmlinux");

    private Preflight() {}

    static void check(UpOptions options) throws IOException {
        List<String> problems = new ArrayList<>(privilegeProblems(Capabilities.ownMask(), isRoot()));
        if (!Files.isReadable(BTF)) {
            problems.add("this kernel tells no types of its own (" + BTF
                    + " is missing), which the agent's BPF programs need: use a"
                    + " kernel built with CONFIG_DEBUG_INFO_BTF, as Debian 11, Ubuntu 20.10, Fedora 31 and later have");
        }
        problems.addAll(portProblems(ports(options.ports())));
        if (!problems.isEmpty()) {
            throw new CommandException(ExitCodes.CANNOT_START, "can't start:\n  - " + String.join("\n  - ", problems));
        }
    }

    static List<String> privilegeProblems(long capabilities, boolean root) {
        if (!root) {
            return List.of(
                    "it needs root: the machine's processes can only be sampled with CAP_BPF and CAP_PERFMON. Run: sudo"
                            + " ./stackhouse up");
        }
        if (!Capabilities.has(capabilities, Capabilities.BPF)
                || !Capabilities.has(capabilities, Capabilities.PERFMON)) {
            return List.of(
                    "root lacks CAP_BPF or CAP_PERFMON here, as in a container: start it with --privileged, or with"
                            + " --cap-add for " + Capabilities.missingForAgent(capabilities));
        }
        return List.of();
    }

    /** @param ports by the option that chooses each */
    static List<String> portProblems(Map<String, Integer> ports) {
        List<String> problems = new ArrayList<>();
        Map<Integer, String> seen = new LinkedHashMap<>();
        ports.forEach((option, port) -> {
            String other = seen.putIfAbsent(port, option);
            if (other != null) {
                problems.add("port " + port + " is asked for twice, by " + other + " and " + option);
            } else if (!isFree(port)) {
                problems.add("port " + port + " on 127.0.0.1 is taken: stop what listens there (ss -ltnp 'sport = :"
                        + port + "' shows it), or choose another with " + option);
            }
        });
        return problems;
    }

    private static Map<String, Integer> ports(UpOptions.Ports ports) {
        Map<String, Integer> byOption = new LinkedHashMap<>();
        byOption.put("--http-port", ports.http());
        byOption.put("--tcp-port", ports.tcp());
        byOption.put("--otlp-port", ports.otlpGrpc());
        byOption.put("--otlp-http-port", ports.otlpHttp());
        byOption.put("--metrics-port", ports.collectorMetrics());
        byOption.put("--agent-metrics-port", ports.agentMetrics());
        return byOption;
    }

    private static boolean isFree(int port) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean isRoot() throws IOException {
        return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
    }
}
