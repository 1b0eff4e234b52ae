package io.stackhouse.cli.bench;

import io.stackhouse.cli.CommandException;
import io.stackhouse.cli.ExitCodes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Which CPUs processes run on: the measured one and all others, or all for both. By taskset, for all threads that a process has; later ones inherit it. Any thread.
 */
final class Affinity {

    private final List<Integer> cpus;

    private Affinity(List<Integer> cpus) {
        this.cpus = cpus;
    }

    /** The CPUs that this process may use now. */
    static Affinity own() throws IOException, InterruptedException {
        String text = run(List.of(
                "taskset", "-p", "-c", Long.toString(ProcessHandle.current().pid())));
        return new Affinity(parse(text.substring(text.lastIndexOf(':') + 1).strip()));
    }

    int count() {
        return cpus.size();
    }

    /** One for the process alone, and the others for ourselves; with one CPU both share it. */
    void separate(long pid) throws IOException, InterruptedException {
        set(pid, cpus.subList(0, 1));
        set(ProcessHandle.current().pid(), cpus.size() > 1 ? cpus.subList(1, cpus.size()) : cpus);
    }

    /** All for both. */
    void share(long pid) throws IOException, InterruptedException {
        set(pid, cpus);
        set(ProcessHandle.current().pid(), cpus);
    }

    private static void set(long pid, List<Integer> on) throws IOException, InterruptedException {
        StringBuilder list = new StringBuilder();
        for (int cpu : on) {
            list.append(list.isEmpty() ? "" : ",").append(cpu);
        }
        run(List.of("taskset", "-a", "-p", "-c", list.toString(), Long.toString(pid)));
    }

    /** Numbers and ranges: 0-3,8. */
    static List<Integer> parse(String list) {
        List<Integer> cpus = new ArrayList<>();
        for (String part : list.split(",", -1)) {
            int dash = part.indexOf('-');
            int from = Integer.parseInt(dash < 0 ? part : part.substring(0, dash));
            int to = dash < 0 ? from : Integer.parseInt(part.substring(dash + 1));
            for (int cpu = from; cpu <= to; cpu++) {
                cpus.add(cpu);
            }
        }
        return cpus;
    }

    private static String run(List<String> command) throws IOException, InterruptedException {
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new CommandException(
                    ExitCodes.CANNOT_START, "bench needs taskset, of the package util-linux: " + e.getMessage());
        }
        try (InputStream output = process.getInputStream()) {
            String text = new String(output.readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IOException(command + " failed: " + text.strip());
            }
            return text;
        }
    }
}
