package io.stackhouse.agent.jvm;

import io.stackhouse.agent.libbpf.ProcessMemory;
import io.stackhouse.agent.process.TargetMemory;
import io.stackhouse.agent.process.TargetReadException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Reads a JVM as the agent does, for tests that look at one part of it. */
final class JvmReading {
    private static final int ALL_BLOCKS = 1 << 24;

    final TargetMemory memory = new TargetMemory();
    final TargetMemory.Source source;
    private final long code;
    private final long fileOffset;

    JvmReading(long pid) throws IOException {
        ProcessMemory process = new ProcessMemory(TargetMemory.BLOCK_BYTES);
        source = (address, into) -> process.read((int) pid, address, into);
        String[] mapping = libjvm(pid);
        code = Long.parseUnsignedLong(mapping[0].substring(0, mapping[0].indexOf('-')), 16);
        fileOffset = Long.parseUnsignedLong(mapping[2], 16);
    }

    Jvm read() throws TargetReadException {
        return read(source);
    }

    Jvm read(TargetMemory.Source from) throws TargetReadException {
        return Jvm.read(memory.attach(from, ALL_BLOCKS), code, fileOffset);
    }

    private static String[] libjvm(long pid) throws IOException {
        List<String> lines = Files.readAllLines(Path.of("/proc/" + pid + "/maps"));
        for (String line : lines) {
            String[] fields = line.split("\\s+", -1);
            if (line.endsWith("libjvm.so") && fields[1].indexOf('x') >= 0) {
                return fields;
            }
        }
        throw new IOException("no libjvm.so in process " + pid);
    }
}
