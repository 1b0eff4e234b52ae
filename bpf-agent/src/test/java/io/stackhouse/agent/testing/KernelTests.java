package io.stackhouse.agent.testing;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tests that load BPF programs run as root alone: elsewhere they are skipped and say so, and with CI=true they fail. */
public final class KernelTests {
    public static void requireRoot() {
        require(isRoot(), "needs root");
        require(Files.exists(Path.of("/sys/kernel/btf/vmlinux")), "needs a kernel with BTF");
        require(
                Files.exists(Path.of("/usr/lib/x86_64-linux-gnu/libbpf.so.1"))
                        || Files.exists(Path.of("/usr/lib/aarch64-linux-gnu/libbpf.so.1"))
                        || Files.exists(Path.of("/usr/lib64/libbpf.so.1")),
                "needs libbpf.so.1");
    }

    /** The condition of a test: where it is false, the test is skipped loudly, or fails with CI=true. */
    public static void require(boolean condition, String what) {
        if (condition) {
            return;
        }
        if ("true".equals(System.getenv("CI"))) {
            fail("this test " + what + ", and with CI=true no test may be skipped");
        }
        System.err.println("SKIPPED: this test " + what);
        abort("this test " + what);
    }

    private static boolean isRoot() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
                if (line.startsWith("Uid:")) {
                    return line.split("\\s+", -1)[2].equals("0");
                }
            }
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private KernelTests() {}
}
