package io.stackhouse.agent.elf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ElfFileTest {
    @TempDir
    Path folder;

    static List<Path> files() throws IOException {
        return RealFiles.all();
    }

    @ParameterizedTest
    @MethodSource("files")
    void readsTheBuildIdThatReadelfReads(Path file) throws Exception {
        Needs.tool("readelf");
        String expected = null;
        for (String line : Needs.linesOf("readelf", "-nW", file.toString())) {
            if (line.contains("Build ID:")) {
                expected = line.substring(line.indexOf(':') + 1).strip();
            }
        }

        assertThat(RealFiles.open(file, ElfFile::read).gnuBuildId()).isEqualTo(expected);
    }

    @ParameterizedTest
    @MethodSource("files")
    void readsTheExecutableSegmentsThatReadelfReads(Path file) throws Exception {
        Needs.tool("readelf");
        List<String> expected = new ArrayList<>();
        for (String line : Needs.linesOf("readelf", "-lW", file.toString())) {
            String[] f = line.strip().split("\\s+", -1);
            if (f[0].equals("LOAD") && f[f.length - 2].equals("E")) {
                long address = Long.decode(f[2]);
                expected.add(Long.decode(f[1]) + " " + address + " " + (address + Long.decode(f[5])));
            }
        }

        ElfFile elf = RealFiles.open(file, ElfFile::read);

        List<String> read = new ArrayList<>();
        for (int i = 0; i < elf.segments(); i++) {
            read.add(elf.segmentFileOffset(i) + " " + elf.segmentAddress(i) + " " + elf.segmentLimit(i));
            assertThat(elf.segmentAt(elf.segmentFileOffset(i) + 1)).isEqualTo(i);
            assertThat(elf.addressOf(i, elf.segmentFileOffset(i) + 1)).isEqualTo(elf.segmentAddress(i) + 1);
        }
        assertThat(read).isNotEmpty().isEqualTo(expected);
    }

    @ParameterizedTest
    @MethodSource("files")
    void hashesHeadTailAndLength(Path file) throws Exception {
        byte[] bytes = Files.readAllBytes(file);
        assertThat(RealFiles.open(file, HtlHash::of)).isEqualTo(htlHash(bytes));
    }

    @Test
    void hashesFilesShorterThanAPart() throws Exception {
        Path file = Files.write(folder.resolve("short"), "abc".getBytes(StandardCharsets.UTF_8));
        assertThat(RealFiles.open(file, HtlHash::of)).isEqualTo(htlHash(Files.readAllBytes(file)));
    }

    @Test
    void refusesWhatIsNoElf() throws Exception {
        Path text = Files.writeString(folder.resolve("text"), "#!/bin/sh\n".repeat(100));
        byte[] small = Files.readAllBytes(Path.of("/bin/ls").toRealPath());
        small[4] = 1;
        Path narrow = Files.write(folder.resolve("narrow"), small);

        assertThatThrownBy(() -> RealFiles.open(text, ElfFile::read)).isInstanceOf(ElfFormatException.class);
        assertThatThrownBy(() -> RealFiles.open(narrow, ElfFile::read))
                .isInstanceOf(ElfFormatException.class)
                .hasMessageContaining("only 64-bit");
    }

    private static String htlHash(byte[] bytes) throws Exception {
        int part = Math.min(4096, bytes.length);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(Arrays.copyOf(bytes, part));
        all.write(Arrays.copyOfRange(bytes, bytes.length - part, bytes.length));
        all.write(ByteBuffer.allocate(8).putLong(bytes.length).array());
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(all.toByteArray());
        return HexFormat.of().formatHex(digest, 0, 16);
    }
}
