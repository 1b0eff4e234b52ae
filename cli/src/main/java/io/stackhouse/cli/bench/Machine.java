package io.stackhouse.cli.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What it was measured on. Stateless. */
final class Machine {

    private Machine() {}

    /**
     * By name, in the order to be shown.
     *
     * @param folder whose file system is told
     */
    static Map<String, String> describe(Path folder) throws IOException {
        Map<String, String> machine = new LinkedHashMap<>();
        machine.put("cpu", line("/proc/cpuinfo", "model name"));
        machine.put("cpus", Integer.toString(Runtime.getRuntime().availableProcessors()));
        machine.put("memory", line("/proc/meminfo", "MemTotal"));
        machine.put("kernel", System.getProperty("os.version"));
        machine.put("java", System.getProperty("java.runtime.version"));
        machine.put("disk", Files.getFileStore(folder).type());
        machine.put("load", loadAverage());
        return machine;
    }

    /** Of the last minute, 5 and 15 minutes. */
    static String loadAverage() throws IOException {
        String[] fields = Files.readString(Path.of("/proc/loadavg")).split(" ", -1);
        return fields[0] + " " + fields[1] + " " + fields[2];
    }

    private static String line(String file, String key) throws IOException {
        List<String> lines = Files.readAllLines(Path.of(file));
        for (String line : lines) {
            if (line.startsWith(key)) {
                return line.substring(line.indexOf(':') + 1).strip();
            }
        }
        return "unknown";
    }
}
