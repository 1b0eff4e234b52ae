package io.stackhouse.agent.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A C program built for a test with frame pointers, with its symbols' address ranges as {@code nm} tells them. */
public final class CProgram {
    /** Burns CPU for ever in two functions, 70 to 30, called from main. */
    public static final String BURNER = """
            volatile unsigned long sink;
            __attribute__((noinline)) static void spin(unsigned long n) { for (unsigned long i = 0; i < n; i++) sink += i * i; }
            __attribute__((noinline)) void seventy(void) { for (int i = 0; i < 70; i++) { spin(10000); __asm__ volatile(""); } }
            __attribute__((noinline)) void thirty(void) { for (int i = 0; i < 30; i++) { spin(10000); __asm__ volatile(""); } }
            int main(void) { for (;;) { seventy(); thirty(); } }
            """;

    private final Path executable;
    private final Map<String, long[]> symbols = new HashMap<>();

    private CProgram(Path executable) {
        this.executable = executable;
    }

    public static CProgram build(Path folder, String name, String source) throws IOException, InterruptedException {
        KernelTests.require(Files.isExecutable(Path.of("/usr/bin/gcc")), "needs gcc");
        Path file = folder.resolve(name + ".c");
        Files.writeString(file, source);
        CProgram program = new CProgram(folder.resolve(name));
        run(
                "gcc",
                "-O0", // from -O1 on leaf functions have no frame, whatever the options say
                "-fno-omit-frame-pointer",
                "-fno-pie",
                "-no-pie",
                "-pthread",
                "-o",
                program.executable.toString(),
                file.toString());
        for (String line : run("nm", "-S", program.executable.toString()).split("\n", -1)) {
            String[] fields = line.split(" ", -1);
            if (fields.length == 4) {
                long start = Long.parseUnsignedLong(fields[0], 16);
                program.symbols.put(fields[3], new long[] {start, start + Long.parseUnsignedLong(fields[1], 16)});
            }
        }
        return program;
    }

    public Process start(String... arguments) throws IOException {
        return new ProcessBuilder(concat(executable.toString(), arguments))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** True if the address lies in the function, or just behind it as a return address may. */
    public boolean holds(String function, long address) {
        long[] range = symbols.get(function);
        return range != null && address >= range[0] && address <= range[1];
    }

    public Path executable() {
        return executable;
    }

    private static String[] concat(String first, String... rest) {
        String[] all = new String[rest.length + 1];
        all[0] = first;
        System.arraycopy(rest, 0, all, 1, rest.length);
        return all;
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as("%s: %s", List.of(command), output).isZero();
        return output;
    }
}
