package io.stackhouse.agent.elf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** What a test needs of the machine. Without it the test fails under CI=true, and is skipped with a line on stderr elsewhere. */
public final class Needs {
    private Needs() {}

    public static void that(boolean isThere, String what) {
        if (isThere) {
            return;
        }
        if ("true".equals(System.getenv("CI"))) {
            throw new AssertionError("this test needs " + what + ", and with CI=true it must not be skipped");
        }
        System.err.println("SKIPPED: this test needs " + what);
        Assumptions.abort("needs " + what);
    }

    public static void tool(String name) {
        boolean isThere = false;
        for (String folder : List.of("/usr/bin", "/usr/local/bin", "/bin")) {
            isThere |= Files.isExecutable(Path.of(folder, name));
        }
        that(isThere, "the program " + name);
    }

    /** What a program prints to its output; it must end well. */
    public static List<String> linesOf(String... command) throws IOException, InterruptedException {
        Path output = Files.createTempFile("output", ".txt");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectOutput(output.toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (process.waitFor() != 0) {
                throw new IOException(String.join(" ", command) + " ended with " + process.exitValue());
            }
            return Files.readAllLines(output);
        } finally {
            Files.delete(output);
        }
    }

    /** Compiles a file of src/test/c. */
    public static Path compiled(String source, Path folder, String... options)
            throws IOException, InterruptedException {
        tool("gcc");
        Path binary = folder.resolve(source.substring(0, source.length() - 2));
        String[] command = new String[options.length + 4];
        command[0] = "gcc";
        System.arraycopy(options, 0, command, 1, options.length);
        command[options.length + 1] = "-o";
        command[options.length + 2] = binary.toString();
        command[options.length + 3] = "src/test/c/" + source;
        linesOf(command);
        return binary;
    }
}
