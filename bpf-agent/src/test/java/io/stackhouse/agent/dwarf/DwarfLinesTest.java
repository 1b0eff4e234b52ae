package io.stackhouse.agent.dwarf;

import static org.assertj.core.api.Assertions.assertThat;

import io.stackhouse.agent.elf.ByteSource;
import io.stackhouse.agent.elf.ByteWindow;
import io.stackhouse.agent.elf.DebugSections;
import io.stackhouse.agent.elf.ElfFormatException;
import io.stackhouse.agent.elf.Needs;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DwarfLinesTest {
    private static final int STEP = 3;

    @TempDir
    Path folder;

    /** Function, file and line of each frame at thousands of addresses, as other tools have them. */
    @ParameterizedTest
    @CsvSource({
        "g++ -g -gdwarf-5 -O2, addr2line",
        "g++ -g -gdwarf-4 -O2, addr2line",
        "g++ -g -gdwarf-5 -O2 -gz=zlib, llvm-symbolizer",
        "clang++ -g -gdwarf-5 -O2, llvm-symbolizer",
        "clang++ -g -gdwarf-4 -O2 -ffunction-sections, llvm-symbolizer",
    })
    void agreesWithOtherTools(String compiler, String tool) throws Exception {
        Path program = compile(compiler);
        long[] addresses = addresses(program);
        List<List<SourceLine>> found = resolve(program, addresses);
        List<List<String>> expected = asked(tool, program, addresses);
        int equal = 0;
        int inlined = 0;
        List<String> examples = new ArrayList<>();
        for (int i = 0; i < addresses.length; i++) {
            List<String> written = written(found.get(i));
            inlined += written.size() > 1 ? 1 : 0;
            if (written.equals(expected.get(i))) {
                equal++;
            } else {
                examples.add(Long.toHexString(addresses[i]) + "\n  " + expected.get(i) + "\n  " + written);
            }
        }
        System.out.printf(
                "%s: %d addresses, %d with inlines, %d unlike %s%n",
                compiler, addresses.length, inlined, addresses.length - equal, tool);

        assertThat(addresses.length).isGreaterThan(1000);
        assertThat(inlined).isGreaterThan(addresses.length / 10);
        assertThat(equal)
                .as("%s", examples.subList(0, Math.min(8, examples.size())))
                .isGreaterThanOrEqualTo((int) (addresses.length * 0.98));
    }

    @Test
    void givesColumnsWhereTheyAre() throws Exception {
        Path program = compile("clang++ -g -gdwarf-5 -O2");
        long[] addresses = addresses(program);

        long withColumn = resolve(program, addresses).stream()
                .filter(lines -> !lines.isEmpty() && lines.get(0).column() > 0)
                .count();

        assertThat(withColumn).isGreaterThan(addresses.length / 2);
    }

    /** Damaged files: no exception but ours, bounded time. */
    @Test
    void readsDamagedFilesWithoutHarm() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        int rounds = Integer.getInteger("stackhouse.fuzz.rounds", 300);
        Random random = new Random(seed);
        Path program = compile("g++ -g -gdwarf-5 -O2");
        byte[] original = Files.readAllBytes(program);
        long[] all = addresses(program);
        long[] addresses = {all[0], all[all.length / 3], all[all.length / 2], all[all.length - 1]};
        long[][] targets = debugRanges(original);
        int refused = 0;
        for (int round = 0; round < rounds; round++) {
            byte[] bytes = original.clone();
            for (int hits = 1 + random.nextInt(40); hits > 0; hits--) {
                long[] target = targets[random.nextInt(targets.length)];
                int at = (int) (target[0] + (long) (random.nextDouble() * target[1]));
                bytes[at] = (byte) (random.nextInt(3) == 0 ? 0xff : random.nextInt(256));
            }
            long start = System.nanoTime();
            try {
                resolve(ByteSource.of(bytes), addresses);
            } catch (ElfFormatException e) {
                refused++;
            } catch (IOException | RuntimeException | Error e) {
                throw new AssertionError("seed " + seed + ", round " + round, e);
            }
            assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start))
                    .as("seed %d, round %d", seed, round)
                    .isLessThan(10_000);
        }
        assertThat(refused).as("seed %d", seed).isPositive();
    }

    private static long[][] debugRanges(byte[] elf) throws IOException {
        ByteSource source = ByteSource.of(elf);
        List<long[]> ranges = new ArrayList<>();
        try (DebugSections sections = DebugSections.read(source, new ByteWindow(4096).attach(source), 1 << 20)) {
            for (String name : List.of(
                    ".debug_info",
                    ".debug_abbrev",
                    ".debug_line",
                    ".debug_rnglists",
                    ".debug_line_str",
                    ".debug_str")) {
                DebugSections.Place place = sections.place(name);
                ranges.add(new long[] {place.offset(), place.sizeBytes()});
                ranges.add(new long[] {place.offset(), Math.min(200, place.sizeBytes())});
            }
        }
        return ranges.toArray(new long[0][]);
    }

    private Path compile(String compiler) throws Exception {
        String[] words = compiler.split(" ", -1);
        Needs.tool(words[0]);
        Path program = folder.resolve("inlines");
        List<String> command = new ArrayList<>(List.of(words));
        command.addAll(List.of("-o", program.toString(), "src/test/c/inlines.cc"));
        Needs.linesOf(command.toArray(new String[0]));
        return program;
    }

    /** Each third byte of the functions. */
    private static long[] addresses(Path program) throws Exception {
        List<Long> list = new ArrayList<>();
        for (String line : Needs.linesOf("nm", "-S", "--defined-only", program.toString())) {
            String[] fields = line.split(" ", -1);
            if (fields.length == 4 && "tTwW".contains(fields[2]) && !fields[3].startsWith("_start")) {
                long start = Long.parseUnsignedLong(fields[0], 16);
                long size = Long.parseUnsignedLong(fields[1], 16);
                for (long a = start; a < start + size; a += STEP) {
                    list.add(a);
                }
            }
        }
        return list.stream().mapToLong(Long::longValue).sorted().distinct().toArray();
    }

    private static List<List<SourceLine>> resolve(Path program, long[] addresses) throws IOException {
        try (FileChannel channel = FileChannel.open(program, StandardOpenOption.READ)) {
            return resolve(ByteSource.of(channel), addresses);
        }
    }

    private static List<List<SourceLine>> resolve(ByteSource source, long[] addresses) throws IOException {
        ByteWindow window = new ByteWindow(4096).attach(source);
        try (DebugSections sections = DebugSections.read(source, window, 64 << 20)) {
            return new DwarfLines(sections, () -> {}).resolve(addresses);
        }
    }

    /** Without the name of the outermost function: that is the symbol table's affair, and others take it from there too. */
    private static List<String> written(List<SourceLine> lines) {
        List<String> result = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            SourceLine line = lines.get(i);
            String function = i == lines.size() - 1 ? "" : line.function();
            result.add(function + " " + normal(line.file()) + ":" + line.line());
        }
        return result;
    }

    private static String normal(String path) {
        return path == null ? "??" : Path.of(path).normalize().toString();
    }

    private List<List<String>> asked(String tool, Path program, long[] addresses) throws Exception {
        Needs.tool(tool);
        List<String> input = new ArrayList<>();
        for (long address : addresses) {
            input.add("0x" + Long.toHexString(address));
        }
        Path file = folder.resolve("addresses");
        Files.write(file, input);
        String options =
                tool.equals("addr2line") ? "-a -i -f" : "-a -i --output-style=GNU --functions=linkage --no-demangle";
        List<List<String>> result = new ArrayList<>();
        List<String> lines = Needs.linesOf("sh", "-c", tool + " " + options + " -e " + program + " < " + file);
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).startsWith("0x")) {
                withoutOutermostName(result);
                result.add(new ArrayList<>());
            } else {
                String place = lines.get(i + 1).replaceFirst(" \\(discriminator \\d+\\)", "");
                int colon = place.lastIndexOf(':');
                String path = normal(place.substring(0, colon));
                String line = place.substring(colon + 1).replace("?", "0");
                result.get(result.size() - 1).add(lines.get(i) + " " + path + ":" + line);
                i++;
            }
        }
        withoutOutermostName(result);
        return result;
    }

    private static void withoutOutermostName(List<List<String>> result) {
        if (!result.isEmpty()) {
            List<String> frames = result.get(result.size() - 1);
            String last = frames.get(frames.size() - 1);
            frames.set(frames.size() - 1, last.substring(last.lastIndexOf(' ')));
        }
    }
}
