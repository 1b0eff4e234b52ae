package io.stackhouse.agent.elf;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** ELF files that are on most machines, and what binutils says about them. */
final class RealFiles {
    private RealFiles() {}

    /** Files that exist here: programs with and without symbol table, small and large, with and without fixed address. */
    static List<Path> all() throws IOException {
        List<Path> files = new ArrayList<>();
        for (String name : List.of("/bin/ls", "/usr/bin/gcc", "/usr/bin/node", "/usr/bin/openssl", "/usr/bin/clang")) {
            if (Files.exists(Path.of(name))) {
                files.add(Path.of(name).toRealPath());
            }
        }
        files.add(
                Path.of(System.getProperty("java.home"), "lib/server/libjvm.so").toRealPath());
        for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
            int path = line.indexOf('/');
            if (line.contains("r-xp") && path > 0 && (line.contains("libc.so") || line.contains("ld-linux"))) {
                files.add(Path.of(line.substring(path)).toRealPath());
            }
        }
        return files;
    }

    record Symbol(long value, long size, String type, String binding, String name) {
        boolean covers(long address) {
            return address - value >= 0 && address - value < size;
        }
    }

    /** Functions that readelf lists, of the named table: .symtab or .dynsym. */
    static List<Symbol> functions(Path file, String table) throws IOException, InterruptedException {
        List<Symbol> symbols = new ArrayList<>();
        boolean isTable = false;
        for (String line : Needs.linesOf("readelf", "-sW", file.toString())) {
            if (line.startsWith("Symbol table")) {
                isTable = line.contains("'" + table + "'");
            }
            String[] fields = line.strip().split("\\s+", 8);
            boolean isSymbol = isTable && fields.length == 8 && fields[0].matches("\\d+:");
            if (isSymbol && List.of("FUNC", "IFUNC", "NOTYPE").contains(fields[3]) && fields[6].matches("\\d+")) {
                long size = Long.decode(fields[2]);
                String name = fields[7].replaceFirst("@.*", "");
                symbols.add(new Symbol(Long.parseUnsignedLong(fields[1], 16), size, fields[3], fields[4], name));
            }
        }
        return symbols;
    }

    interface Body<T> {
        T with(ByteWindow window) throws IOException;
    }

    static <T> T open(Path file, Body<T> body) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return body.with(new ByteWindow(32 * 1024).attach(ByteSource.of(channel)));
        }
    }
}
