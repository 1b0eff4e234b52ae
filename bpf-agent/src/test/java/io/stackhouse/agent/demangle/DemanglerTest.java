package io.stackhouse.agent.demangle;

import static org.assertj.core.api.Assertions.assertThat;

import io.stackhouse.agent.elf.Needs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DemanglerTest {
    private static final int MOST_NAMES = 40_000;

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "_Z3foov | foo()",
                "_ZN3Foo3barEiPKc | Foo::bar(int, char const*)",
                "_ZNSt6vectorIiSaIiEE9push_backERKi | std::vector<int, std::allocator<int> >::push_back(int const&)",
                "_ZNSsC1EPKcRKSaIcE | std::basic_string<char, std::char_traits<char>, std::allocator<char> >::basic_string(char const*, std::allocator<char> const&)",
                "_ZN12_GLOBAL__N_13runEv.constprop.0 | (anonymous namespace)::run() [clone .constprop.0]",
                "_ZThn16_N1A1fEv | non-virtual thunk to A::f()",
                "_ZTV1A | vtable for A",
                "_ZZ4mainENKUlifE_clEif | main::{lambda(int, float)#1}::operator()(int, float) const",
                "_Z1fIJidEEvDpT_ | void f<int, double>(int, double)",
                "_Z1gIRiEvOT_ | void g<int&>(int&)",
                "_Z1hPFviE | h(void (*)(int))",
                "_ZN1AcvT_IiEEv | A::operator int<int>()",
                "_ZN4core3fmt5write17h0123456789abcdefE | core::fmt::write",
                "_ZN60_$LT$alloc..string..String$u20$as$u20$core..fmt..Display$GT$3fmt17h0123456789abcdefE | <alloc::string::String as core::fmt::Display>::fmt",
                "_RNvC6_123foo3bar | 123foo::bar",
                "_RNCNvC4main3run0 | main::run::{closure#0}",
                "_RINvC1a1bNtC1c1dKj5_E | a::b::<c::d, 5>",
            })
    void namesWhatCompilersMangle(String symbol, String expected) {
        assertThat(Demangler.demangle(symbol)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"main", "_start", "_Z", "_Zfoo", "_R", "_ZN", "__libc_start_main", "_Z3fo", "_ZN3fooE17h", "_Z1fT_"})
    void leavesWhatIsNotMangled(String symbol) {
        assertThat(Demangler.demangle(symbol)).isNull();
    }

    /** All but a few in ten thousand are just as binutils writes them; none is left unread. */
    @Test
    void agreesWithBinutilsOnTheNamesOfRealPrograms() throws Exception {
        Needs.tool("c++filt");
        List<String> symbols = realSymbols();
        Path input = folder.resolve("symbols");
        Files.write(input, symbols);
        List<String> expected = Needs.linesOf("sh", "-c", "c++filt < " + input);
        int unread = 0;
        int different = 0;
        List<String> examples = new ArrayList<>();
        for (int i = 0; i < symbols.size(); i++) {
            String found = Demangler.demangle(symbols.get(i));
            boolean isMangled = !expected.get(i).equals(symbols.get(i));
            unread += isMangled && found == null ? 1 : 0;
            if (isMangled && found != null && !plain(found).equals(plain(expected.get(i)))) {
                different++;
                examples.add(symbols.get(i) + "\n  " + expected.get(i) + "\n  " + found);
            }
        }
        System.out.printf("%d names: %d unread, %d unlike binutils%n", symbols.size(), unread, different);

        assertThat(symbols).hasSizeGreaterThan(5000);
        assertThat(unread).isLessThanOrEqualTo(symbols.size() / 10_000);
        assertThat(different).as("%s", examples).isLessThanOrEqualTo(symbols.size() / 1000);
    }

    /** Real names with random damage, on a stack as small as the sampling thread's. */
    @Test
    void takesAnyDamageWithinItsBounds() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        int rounds = Integer.getInteger("stackhouse.fuzz.rounds", 60_000);
        List<String> symbols = realSymbols();
        List<String> problems = new ArrayList<>();
        Thread thread = new Thread(null, () -> damage(symbols, seed, rounds, problems), "small-stack", 256 * 1024);
        thread.start();
        thread.join();

        assertThat(problems).as("seed %d", seed).isEmpty();
    }

    private static void damage(List<String> symbols, long seed, int rounds, List<String> problems) {
        Random random = new Random(seed);
        for (int i = 0; i < rounds; i++) {
            StringBuilder text = new StringBuilder(symbols.get(random.nextInt(symbols.size())));
            for (int hits = random.nextInt(6); hits >= 0; hits--) {
                hit(text, random);
            }
            long start = System.nanoTime();
            try {
                String name = Demangler.demangle(text.toString());
                if (name != null && name.length() > Text.MAX_CHARS + 100) {
                    problems.add("too long: " + text);
                }
            } catch (Throwable e) {
                problems.add(e + " of " + text);
            }
            if (System.nanoTime() - start > 1_000_000_000L) {
                problems.add("slow: " + text);
            }
        }
    }

    private static void hit(StringBuilder text, Random random) {
        String letters = "_0123456789ENZSTIJPRKDOFALXQCabcdefghijklmnopqrstuvwxyz$.";
        int at = 2 + random.nextInt(Math.max(1, text.length() - 2));
        switch (random.nextInt(4)) {
            case 0 -> text.setCharAt(Math.min(at, text.length() - 1), letters.charAt(random.nextInt(letters.length())));
            case 1 -> text.insert(Math.min(at, text.length()), letters.charAt(random.nextInt(letters.length())));
            case 2 ->
                text.insert(
                        Math.min(at, text.length()),
                        text.substring(Math.min(at, text.length()), Math.min(text.length(), at + 30))
                                .repeat(20));
            default -> text.setLength(Math.max(3, at));
        }
    }

    /** Mangled names of the runtime's own library and of compilers, whatever is here. */
    private static List<String> realSymbols() throws IOException, InterruptedException {
        Needs.tool("nm");
        TreeSet<String> names = new TreeSet<>();
        for (String file : List.of(
                System.getProperty("java.home") + "/lib/server/libjvm.so",
                "/usr/lib/x86_64-linux-gnu/libstdc++.so.6",
                "/usr/lib/x86_64-linux-gnu/libLLVM-14.so.1",
                "/usr/bin/node",
                "/usr/local/bin/node")) {
            if (Files.exists(Path.of(file))) {
                add(file, "-D", names);
                add(file, "-a", names);
            }
        }
        List<String> all = new ArrayList<>(names);
        java.util.Collections.shuffle(all, new Random(1));
        return all.subList(0, Math.min(MOST_NAMES, all.size()));
    }

    private static void add(String file, String table, Set<String> names) throws IOException, InterruptedException {
        for (String line : Needs.linesOf("nm", table, "--defined-only", file)) {
            String name = line.substring(line.lastIndexOf(' ') + 1).replaceFirst("@.*", "");
            if (name.startsWith("_Z") || name.startsWith("_R")) {
                names.add(name);
            }
        }
    }

    /** Without what is a matter of taste: abbreviations of the standard library, hashes and suffixes of Rust. */
    private static String plain(String name) {
        return name.replace("std::basic_string<char, std::char_traits<char>, std::allocator<char> >", "std::string")
                .replace("std::basic_ostream<char, std::char_traits<char> >", "std::ostream")
                .replace("std::basic_istream<char, std::char_traits<char> >", "std::istream")
                .replace("std::basic_iostream<char, std::char_traits<char> >", "std::iostream")
                .replaceAll("\\[[0-9a-f]{5,16}]", "")
                .replaceFirst("::h[0-9a-f]{16}$", "")
                .replaceAll(": (bool|char|[ui](8|16|32|64|128|size))\\b", "")
                .replace(" ", "");
    }
}
