package io.stackhouse.agent.sample;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** The CPUs that are online, from sysfs. Any thread. */
public final class OnlineCpus {
    private static final Path FILE = Path.of("/sys/devices/system/cpu/online");

    /** CPU numbers in ascending order, read now. */
    public static int[] read() {
        try {
            return parse(Files.readString(FILE));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + FILE, e);
        }
    }

    /** @param list such as {@code 0-3,8,10-11} */
    static int[] parse(String list) {
        int[] cpus = new int[0];
        for (String range : list.strip().split(",", -1)) {
            int dash = range.indexOf('-');
            int first = Integer.parseInt(dash < 0 ? range : range.substring(0, dash));
            int last = dash < 0 ? first : Integer.parseInt(range.substring(dash + 1));
            int at = cpus.length;
            cpus = Arrays.copyOf(cpus, at + last - first + 1);
            for (int cpu = first; cpu <= last; cpu++) {
                cpus[at++] = cpu;
            }
        }
        return cpus;
    }

    private OnlineCpus() {}
}
