package io.stackhouse.agent.unwind;

import static org.assertj.core.api.Assertions.assertThat;

import io.stackhouse.agent.elf.ElfFile;
import io.stackhouse.agent.elf.Needs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The parser against what binutils say of files as the distribution ships them. */
class FrameTableTest {
    private static final Pattern ENTRY =
            Pattern.compile("([0-9a-f]+) [0-9a-f]+ [0-9a-f]+ FDE cie=([0-9a-f]+) pc=([0-9a-f]+)\\.\\.([0-9a-f]+)");
    private static final Pattern COMMON = Pattern.compile("([0-9a-f]+) [0-9a-f]+ [0-9a-f]+ CIE \"([^\"]*)\".*");
    private static final Pattern SAVED_AT = Pattern.compile("c([+-]\\d+)");
    private static final Pattern REGISTER_OFFSET = Pattern.compile("([a-z0-9]+)([+-]\\d+)");

    static Stream<Path> files() throws IOException {
        List<Path> files = new ArrayList<>();
        for (String name : List.of(
                "/lib/x86_64-linux-gnu/libc.so.6",
                "/lib64/ld-linux-x86-64.so.2",
                "/usr/lib/x86_64-linux-gnu/libcrypto.so.3",
                "/usr/lib/x86_64-linux-gnu/libstdc++.so.6",
                "/bin/bash")) {
            if (Files.exists(Path.of(name))) {
                files.add(Path.of(name).toRealPath());
            }
        }
        return files.stream();
    }

    @ParameterizedTest
    @MethodSource("files")
    void agreesWithReadelf(Path file) throws Exception {
        Needs.tool("readelf");
        Tables.open(file, window -> {
            ElfFile elf = ElfFile.read(window);
            NavigableMap<Long, Long> rows = Tables.rows(window, Machine.X86_64);
            int compared = 0;
            List<String> wrong = new ArrayList<>();
            for (Map.Entry<Long, Row> expected : readelf(file).entrySet()) {
                long offset = offsetOf(elf, expected.getKey());
                if (offset >= 0) {
                    compared++;
                    long rule = Tables.floor(rows, offset);
                    if (!expected.getValue().agreesWith(rule)) {
                        wrong.add(Long.toHexString(expected.getKey()) + ": " + expected.getValue() + " was read as "
                                + Long.toHexString(rule));
                    }
                }
            }
            assertThat(wrong).isEmpty();
            assertThat(compared).isGreaterThan(1000);
        });
    }

    @ParameterizedTest
    @MethodSource("files")
    void laysOutRegionsSoThatEachRowIsFound(Path file) throws Exception {
        Tables.open(file, window -> {
            NavigableMap<Long, Long> rows = Tables.rows(window, Machine.X86_64);
            FrameTable table = FrameTable.read(window, Machine.X86_64);
            RegionBuilder builder = new RegionBuilder();
            long end = table.endPage() << RegionBuilder.PAGE_SHIFT;
            for (long region = 0; region < end; region += RegionBuilder.REGION_BYTES) {
                int words = builder.build(table, window, region);
                assertThat(words).isPositive();
                for (long offset :
                        rows.subMap(region, region + RegionBuilder.REGION_BYTES).keySet()) {
                    int inside = (int) (offset - region);
                    assertThat(Tables.find(builder.blob(), inside)).isEqualTo(rows.get(offset));
                    long last =
                            Math.min(end, rows.ceilingKey(offset + 1) == null ? end : rows.ceilingKey(offset + 1)) - 1;
                    if (last < region + RegionBuilder.REGION_BYTES) {
                        assertThat(Tables.find(builder.blob(), (int) (last - region)))
                                .isEqualTo(rows.get(offset));
                    }
                }
            }
        });
    }

    private static long offsetOf(ElfFile elf, long address) {
        for (int i = 0; i < elf.segments(); i++) {
            if (address >= elf.segmentAddress(i) && address < elf.segmentLimit(i)) {
                return address - elf.segmentAddress(i) + elf.segmentFileOffset(i);
            }
        }
        return -1;
    }

    /** One line of {@code readelf --debug-dump=frames-interp}. */
    private record Row(String cfa, String fp, String ra, boolean isSignal) {
        boolean agreesWith(long rule) {
            if (isSignal) {
                return Rule.kind(rule) == Rule.SIGNAL;
            }
            if (ra.equals("u")) {
                return Rule.kind(rule) == Rule.END;
            }
            Matcher register = REGISTER_OFFSET.matcher(cfa);
            if (!register.matches()) {
                return List.of(Rule.NONE, Rule.PLT, Rule.SP_DEREF, Rule.FP_DEREF)
                        .contains(Rule.kind(rule));
            }
            int offset = Integer.parseInt(register.group(2));
            int kind = register.group(1).equals("rsp")
                    ? Rule.SP
                    : register.group(1).equals("rbp") ? Rule.FP : Rule.REGISTER;
            Matcher saved = SAVED_AT.matcher(ra);
            if (offset % 8 != 0 || !saved.matches() || Integer.parseInt(saved.group(1)) % 8 != 0) {
                return Rule.kind(rule) == Rule.NONE;
            }
            return Rule.kind(rule) == kind
                    && Rule.cfa(rule) * 8 == offset
                    && Rule.ra(rule) * 8 == Integer.parseInt(saved.group(1))
                    && agreesWithFp(rule);
        }

        private boolean agreesWithFp(long rule) {
            if (fp.startsWith("c")) {
                return !Rule.isFpByFp(rule) && Rule.fp(rule) * 8 == Integer.parseInt(fp.substring(1));
            }
            return fp.equals("exp") || (Rule.fp(rule) == Rule.SAME && !Rule.isFpByFp(rule));
        }
    }

    private static Map<Long, Row> readelf(Path file) throws IOException {
        Map<Long, Row> rows = new TreeMap<>();
        Map<String, Row> common = new TreeMap<>();
        boolean isSignal = false;
        boolean isCommon = false;
        String position = "";
        List<String> columns = List.of();
        for (String line : lines(file)) {
            Matcher entry = ENTRY.matcher(line);
            Matcher cie = COMMON.matcher(line);
            String[] fields = line.strip().split("\\s+");
            if (cie.matches()) {
                isCommon = true;
                isSignal = cie.group(2).contains("S");
                position = cie.group(1);
                // The rows of one without instructions of its own are in its entries alone.
                common.put(position.substring(position.length() - 8), new Row("", "u", "", isSignal));
            } else if (entry.matches()) {
                isCommon = false;
                Row initial = common.get(entry.group(2).substring(entry.group(2).length() - 8));
                isSignal = initial.isSignal();
                long start = Long.parseUnsignedLong(entry.group(3), 16);
                if (start < Long.parseUnsignedLong(entry.group(4), 16)) {
                    rows.put(start, initial);
                }
            } else if (line.startsWith("   LOC")) {
                columns = List.of(fields);
            } else if (fields.length == columns.size() && fields[0].matches("[0-9a-f]{16}")) {
                int fp = columns.indexOf("rbp");
                Row row = new Row(fields[1], fp < 0 ? "u" : fields[fp], fields[columns.indexOf("ra")], isSignal);
                if (isCommon) {
                    common.put(position.substring(position.length() - 8), row);
                } else {
                    rows.put(Long.parseUnsignedLong(fields[0], 16), row);
                }
            }
        }
        return rows;
    }

    private static List<String> lines(Path file) throws IOException {
        try {
            // It ends with 1 where it does not find a file of debug information, which does not matter here.
            return Needs.linesOf("sh", "-c", "readelf --debug-dump=frames-interp \"$0\" || true", file.toString());
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
