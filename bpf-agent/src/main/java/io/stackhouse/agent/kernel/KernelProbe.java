package io.stackhouse.agent.kernel;

import io.stackhouse.agent.libbpf.NativeException;
import io.stackhouse.agent.libbpf.PerfEvent;
import io.stackhouse.agent.libbpf.PossibleCpus;
import io.stackhouse.agent.sample.OnlineCpus;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;

/** Finds out what kernel and privileges give, by trying it. Changes nothing. Any thread. */
public final class KernelProbe {
    static final Path BTF = Path.of("/sys/kernel/btf/vmlinux");
    // The kernel gives its first PID namespace this number at compile time.
    private static final String HOST_PID_NAMESPACE = "pid:[4026531836]";
    private static final long ONE_SECOND_NANOS = 1_000_000_000L;

    /** Tries everything now. */
    public static KernelReport run() {
        int[] cpus = OnlineCpus.read();
        String status = read(Path.of("/proc/self/status"));
        return new KernelReport(
                read(Path.of("/proc/sys/kernel/osrelease")).strip(),
                System.getProperty("os.arch"),
                cpus.length,
                Files.isReadable(BTF),
                isInHostPidNamespace(),
                effectiveUser(status).equals("0"),
                missing(effectiveCapabilities(status)),
                hasKernelSymbols(),
                libbpfProblem(),
                perfEventProblem(cpus[0]));
    }

    static Set<Capability> missing(long effective) {
        Set<Capability> missing = EnumSet.allOf(Capability.class);
        missing.removeIf(capability -> capability.isIn(effective));
        return missing;
    }

    static long effectiveCapabilities(String status) {
        return Long.parseUnsignedLong(field(status, "CapEff:"), 16);
    }

    static String effectiveUser(String status) {
        return field(status, "Uid:").split("\\s+", -1)[1];
    }

    private static String field(String status, String name) {
        for (String line : status.split("\n", -1)) {
            if (line.startsWith(name)) {
                return line.substring(name.length()).strip();
            }
        }
        throw new IllegalStateException("/proc/self/status has no " + name);
    }

    private static boolean isInHostPidNamespace() {
        try {
            return Files.readSymbolicLink(Path.of("/proc/self/ns/pid"))
                    .toString()
                    .equals(HOST_PID_NAMESPACE);
        } catch (IOException e) {
            throw new IllegalStateException("cannot read /proc/self/ns/pid", e);
        }
    }

    private static boolean hasKernelSymbols() {
        try (BufferedReader symbols = Files.newBufferedReader(Path.of("/proc/kallsyms"), StandardCharsets.ISO_8859_1)) {
            // The very first symbols may lie at address 0; without the right to see them all lie there.
            for (int i = 0; i < 1000; i++) {
                String line = symbols.readLine();
                if (line == null) {
                    return false;
                }
                if (!line.startsWith("0000000000000000")) {
                    return true;
                }
            }
            return false;
        } catch (IOException e) {
            return false;
        }
    }

    private static String libbpfProblem() {
        try {
            return PossibleCpus.count() > 0 ? "" : "libbpf finds no CPU";
        } catch (NativeException e) {
            return String.valueOf(e.getMessage());
        } catch (UnsatisfiedLinkError e) {
            return "native code cannot be used: " + e.getMessage()
                    + "; if the folder for temporary files forbids execution, set -Djna.tmpdir to one that does not";
        }
    }

    private static String perfEventProblem(int cpu) {
        try (PerfEvent event = PerfEvent.openCpuClock(cpu, ONE_SECOND_NANOS)) {
            return event.isOpen() ? "" : "not open";
        } catch (NativeException e) {
            return String.valueOf(e.getMessage());
        } catch (LinkageError e) {
            return "not tried: " + e.getMessage();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new IllegalStateException("cannot read " + file + ": is /proc mounted?", e);
        }
    }

    private KernelProbe() {}
}
