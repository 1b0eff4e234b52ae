package io.stackhouse.agent.elf;

import static org.assertj.core.api.Assertions.assertThat;

import io.stackhouse.agent.elf.RealFiles.Symbol;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SymbolTableTest {
    private static final SymbolTable.Limits ENOUGH = new SymbolTable.Limits(1 << 20);

    @TempDir
    Path folder;

    static List<Path> files() throws IOException {
        return RealFiles.all();
    }

    @ParameterizedTest
    @MethodSource("files")
    void namesEachFunctionThatReadelfListsAtItsFirstAndLastByte(Path file) throws Exception {
        List<Symbol> expected = executable(file, functions(file));
        Map<Long, List<Symbol>> byStart = new HashMap<>();
        expected.forEach(
                s -> byStart.computeIfAbsent(s.value(), k -> new ArrayList<>()).add(s));

        RealFiles.open(file, window -> {
            SymbolTable table = SymbolTable.read(ElfFile.read(window), window, 0, ENOUGH);
            assertThat(table.size()).isGreaterThanOrEqualTo(expected.size());
            for (Symbol symbol : expected) {
                String first = table.nameAt(symbol.value(), window);
                assertThat(byStart.get(symbol.value())).extracting(Symbol::name).contains(first);
                assertThat(table.nameAt(symbol.value() + symbol.size() - 1, window))
                        .isNotNull();
            }
            return table;
        });
    }

    @ParameterizedTest
    @MethodSource("files")
    void neverNamesAnAddressOutsideOfTheStatedExtent(Path file) throws Exception {
        List<Symbol> expected = executable(file, functions(file));
        TreeMap<Long, List<Symbol>> covering = new TreeMap<>();
        expected.forEach(
                s -> covering.computeIfAbsent(s.value(), k -> new ArrayList<>()).add(s));
        Random random = new Random(1);

        RealFiles.open(file, window -> {
            ElfFile elf = ElfFile.read(window);
            SymbolTable table = SymbolTable.read(elf, window, 0, ENOUGH);
            for (int i = 0; i < 5_000; i++) {
                int segment = random.nextInt(elf.segments());
                long bytes = elf.segmentLimit(segment) - elf.segmentAddress(segment);
                long address = elf.segmentAddress(segment) + (long) (random.nextDouble() * bytes);
                List<String> allowed = namesCovering(covering, address);
                String name = table.nameAt(address, window);
                if (allowed.isEmpty()) {
                    assertThat(name).as("%x", address).isNull();
                } else {
                    assertThat(allowed).as("%x", address).contains(name);
                }
            }
            return table;
        });
    }

    @ParameterizedTest
    @MethodSource("files")
    void namesTheSameInRangesAsInOneTable(Path file) throws Exception {
        Random random = new Random(2);
        RealFiles.open(file, window -> {
            ElfFile elf = ElfFile.read(window);
            SymbolTable whole = SymbolTable.read(elf, window, 0, ENOUGH);
            SymbolTable.Limits few = new SymbolTable.Limits(Math.max(64, whole.size() / 7));
            for (int i = 0; i < 12; i++) {
                int segment = random.nextInt(elf.segments());
                long bytes = elf.segmentLimit(segment) - elf.segmentAddress(segment);
                long address = elf.segmentAddress(segment) + (long) (random.nextDouble() * bytes);
                SymbolTable range = SymbolTable.read(elf, window, address, few);
                assertThat(range.covers(address)).isTrue();
                assertThat(range.size()).isLessThanOrEqualTo(few.maxSymbols() + 64);
                assertThat(range.nameAt(address, window)).isEqualTo(whole.nameAt(address, window));
            }
            return whole;
        });
    }

    @Test
    void prefersTheNameWithoutUnderscoresAndFindsLocalFunctions() throws Exception {
        Path program = Needs.compiled("target.c", folder, "-O1");
        Map<String, Symbol> truth = new HashMap<>();
        functions(program).forEach(s -> truth.put(s.name(), s));
        Symbol leaf = truth.get("stackhouse_leaf");
        Symbol local = truth.get("stackhouse_local");

        assertThat(truth.get("_stackhouse_leaf_alias").value()).isEqualTo(leaf.value());
        RealFiles.open(program, window -> {
            SymbolTable table = SymbolTable.read(ElfFile.read(window), window, 0, ENOUGH);
            assertThat(table.nameAt(leaf.value() + 1, window)).isEqualTo("stackhouse_leaf");
            assertThat(table.nameAt(local.value() + local.size() - 1, window)).isEqualTo("stackhouse_local");
            return table;
        });
    }

    @Test
    void takesTheDynamicSymbolsOfAStrippedLibrary() throws Exception {
        Needs.tool("strip");
        Path library = Needs.compiled("target.c", folder, "-O1", "-shared", "-fPIC");
        Needs.linesOf("strip", library.toString());
        Symbol leaf = RealFiles.functions(library, ".dynsym").stream()
                .filter(s -> s.name().equals("stackhouse_leaf"))
                .findFirst()
                .orElseThrow();

        RealFiles.open(library, window -> {
            SymbolTable table = SymbolTable.read(ElfFile.read(window), window, 0, ENOUGH);
            assertThat(table.nameAt(leaf.value(), window)).isEqualTo("stackhouse_leaf");
            return table;
        });
    }

    @Test
    void choosesTheSameAliasInAnyOrder() {
        List<String> names = new ArrayList<>(List.of("__libc_malloc", "malloc", "_IO_puts", "mallok", "mall"));
        Random random = new Random(3);
        for (int i = 0; i < 20; i++) {
            java.util.Collections.shuffle(names, random);
            SymbolNames choice = new SymbolNames();
            names.forEach(name -> choice.offer(SymbolNames.GLOBAL, name));
            choice.offer(SymbolNames.LOCAL, "a_longer_local_name");
            assertThat(choice.chosen()).isEqualTo("malloc");
        }
    }

    @Test
    void costsTwelveBytesPerFunction() throws Exception {
        Path jvm =
                Path.of(System.getProperty("java.home"), "lib/server/libjvm.so").toRealPath();
        SymbolTable table = RealFiles.open(jvm, w -> SymbolTable.read(ElfFile.read(w), w, 0, ENOUGH));
        assertThat(table.memoryBytes()).isLessThan(12L * table.size() + 1024);
        assertThat(Files.size(jvm)).isGreaterThan(10 * table.memoryBytes());
    }

    private static List<Symbol> functions(Path file) throws IOException, InterruptedException {
        Needs.tool("readelf");
        List<Symbol> symbols = RealFiles.functions(file, ".symtab");
        return symbols.isEmpty() ? RealFiles.functions(file, ".dynsym") : symbols;
    }

    /** As the table is meant to have them: with an extent, and in an executable segment. */
    private static List<Symbol> executable(Path file, List<Symbol> symbols) throws IOException {
        ElfFile elf = RealFiles.open(file, ElfFile::read);
        List<Symbol> result = new ArrayList<>();
        for (Symbol symbol : symbols) {
            boolean isNamed = !symbol.name().isEmpty();
            if (isNamed && symbol.size() > 0 && symbol.size() < 1 << 30 && elf.isExecutable(symbol.value())) {
                result.add(symbol);
            }
        }
        result.sort(Comparator.comparingLong(Symbol::value));
        return result;
    }

    private static List<String> namesCovering(NavigableMap<Long, List<Symbol>> byStart, long address) {
        List<String> names = new ArrayList<>();
        int steps = 0;
        for (List<Symbol> group : byStart.headMap(address, true).descendingMap().values()) {
            for (Symbol symbol : group) {
                if (symbol.covers(address)) {
                    names.add(symbol.name());
                }
            }
            // The innermost function counts.
            if (!names.isEmpty() || ++steps > 64) {
                break;
            }
        }
        return names;
    }
}
