package io.stackhouse.agent.context;

import io.stackhouse.agent.elf.Needs;
import io.stackhouse.agent.process.TargetMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** A file of code put into memory as a dynamic linker does, without its relocations: those a test makes as it likes. */
final class LoadedImage implements TargetMemory.Source {
    static final long BASE = 0x7f00_0000_0000L;
    private static final int PAGE = 4096;

    private final Path file;
    private final byte[] memory;
    private final ByteBuffer words;

    LoadedImage(Path file) throws IOException {
        this.file = file;
        ByteBuffer elf = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        int headers = (int) elf.getLong(32);
        int end = 0;
        for (int i = 0; i < elf.getShort(56); i++) {
            int at = headers + 56 * i;
            if (elf.getInt(at) == 1) {
                end = Math.max(end, (int) (elf.getLong(at + 16) + elf.getLong(at + 40)));
            }
        }
        memory = new byte[(end + PAGE - 1) / PAGE * PAGE + PAGE];
        for (int i = 0; i < elf.getShort(56); i++) {
            int at = headers + 56 * i;
            if (elf.getInt(at) == 1) {
                System.arraycopy(elf.array(), (int) elf.getLong(at + 8), memory, (int) elf.getLong(at + 16), (int)
                        elf.getLong(at + 32));
            }
        }
        words = ByteBuffer.wrap(memory).order(ByteOrder.LITTLE_ENDIAN);
    }

    byte[] bytes() {
        return memory;
    }

    /** Puts two words where readelf says that the relocation of that kind is about the variable. */
    LoadedImage relocated(String type, long first, long second) throws IOException, InterruptedException {
        for (String line : Needs.linesOf("readelf", "-rW", file.toString())) {
            if (line.contains(type) && line.contains(VariableFinder.NAME)) {
                int place = Integer.parseInt(line.substring(0, 16), 16);
                words.putLong(place, first).putLong(place + 8, second);
                return this;
            }
        }
        throw new IOException(file + " has no relocation " + type);
    }

    @Override
    public boolean read(long address, byte[] into) {
        long at = address - BASE;
        if (at < 0 || at > memory.length - into.length) {
            return false;
        }
        System.arraycopy(memory, (int) at, into, 0, into.length);
        return true;
    }

    /** The same with another content. */
    TargetMemory.Source with(byte[] damaged) {
        byte[] copy = Arrays.copyOf(damaged, memory.length);
        return (address, into) -> {
            long at = address - BASE;
            if (at < 0 || at > copy.length - into.length) {
                return false;
            }
            System.arraycopy(copy, (int) at, into, 0, into.length);
            return true;
        };
    }
}
