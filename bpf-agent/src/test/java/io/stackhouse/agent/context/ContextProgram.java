package io.stackhouse.agent.context;

import io.stackhouse.agent.elf.Needs;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Builds and starts the C programs that publish contexts as the two OTEPs have it. */
final class ContextProgram {
    private static final String VARIABLE = "src/test/c/context_variable.c";
    private static final String PROGRAM = "src/test/c/context_program.c";

    private final Path folder;

    ContextProgram(Path folder) {
        this.folder = folder;
        Needs.tool("gcc");
    }

    /** A library with the variable, in the model that the options choose. */
    Path library(String name, String... options) throws IOException, InterruptedException {
        Path file = folder.resolve(name);
        compile(file, List.of(VARIABLE), concat(options, "-fPIC", "-shared", "-Wl,-soname," + name));
        return file;
    }

    /** A program that loads its library by dlopen. */
    Path loading() throws IOException, InterruptedException {
        Path file = folder.resolve("loading");
        if (!Files.exists(file)) {
            compile(file, List.of(PROGRAM), "-pthread", "-ldl");
        }
        return file;
    }

    /** A program that has the variable itself. */
    Path containing(String name, String... options) throws IOException, InterruptedException {
        Path file = folder.resolve(name);
        compile(file, List.of(PROGRAM, VARIABLE), concat(options, "-DLINKED", "-pthread", "-ldl"));
        return file;
    }

    /** A program that is linked with such a library. */
    Path linked(String name, Path library) throws IOException, InterruptedException {
        Path file = folder.resolve(name);
        compile(
                file,
                List.of(PROGRAM, library.toString()),
                "-DLINKED",
                "-pthread",
                "-ldl",
                "-Wl,-rpath," + library.getParent());
        return file;
    }

    /** Another program of src/test/c. */
    Path compiled(String source) throws IOException, InterruptedException {
        Path file = folder.resolve(source.substring(0, source.indexOf('.')));
        compile(file, List.of("src/test/c/" + source));
        return file;
    }

    /** Starts it; returns when it has published what it has to. */
    Process start(Path program, String scene, String... more) throws IOException {
        Process process = launch(program, scene, more);
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        String line = out.readLine();
        if (!"ready".equals(line)) {
            process.destroyForcibly();
            throw new IOException(program + " " + scene + ": " + line);
        }
        return process;
    }

    Process launch(Path program, String scene, String... more) throws IOException {
        return launch(List.of(program.toString(), scene), more);
    }

    /** The same by a shell that has to compute for a while before it becomes the program. */
    Process launchByShell(Path program, String scene, String... more) throws IOException {
        String script = "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done; exec \"$0\" \"$@\"";
        return launch(List.of("/bin/sh", "-c", script, program.toString(), scene), more);
    }

    private static Process launch(List<String> begin, String... more) throws IOException {
        List<String> command = new ArrayList<>(begin);
        command.addAll(Arrays.asList(more));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static void compile(Path to, List<String> sources, String... options)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("gcc", "-O2", "-o", to.toString()));
        command.addAll(sources);
        command.addAll(Arrays.asList(options));
        List<String> unused = Needs.linesOf(command.toArray(String[]::new));
    }

    private static String[] concat(String[] first, String... rest) {
        List<String> all = new ArrayList<>(Arrays.asList(first));
        all.addAll(Arrays.asList(rest));
        return all.toArray(String[]::new);
    }
}
