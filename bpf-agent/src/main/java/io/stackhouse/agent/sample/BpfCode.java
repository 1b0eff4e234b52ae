package io.stackhouse.agent.sample;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Locale;

/** The compiled BPF object for this machine, from the class path. */
final class BpfCode {
    static byte[] read() {
        String name = resourceName(System.getProperty("os.arch"));
        try (InputStream in = BpfCode.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(
                        "this build has no BPF object " + name + " for the machine's architecture");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + name, e);
        }
    }

    static String resourceName(String osArch) {
        String arch = osArch.toLowerCase(Locale.ROOT);
        return switch (arch) {
            case "amd64" -> "stackhouse-x86_64.bpf.o";
            case "aarch64" -> "stackhouse-arm64.bpf.o";
            default -> "stackhouse-" + arch + ".bpf.o";
        };
    }

    private BpfCode() {}
}
