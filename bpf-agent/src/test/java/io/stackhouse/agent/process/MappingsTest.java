package io.stackhouse.agent.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.stackhouse.agent.elf.ByteSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class MappingsTest {
    private static final String NODE = """
            00400000-00b6f000 r--p 00000000 fe:00 260689                             /usr/bin/node
            00b6f000-00b71000 r-xp 0076f000 fe:00 260689                             /usr/bin/node
            00b72000-025fe000 r-xp 00772000 fe:00 260689                             /usr/bin/node (deleted)
            025fe000-025ff000 rw-p 00000000 00:00 0                                  [heap]
            7fe56c003000-7fe56c03f000 rwxp 00000000 00:00 0
            7fe58be40000-7fe58bfd2000 r-xp 014c4000 103:1ff 260689                   /a path/with\\012newline
            7fe590000000-7fe590010000 rwxs 00000000 00:01 2048                       /memfd:doublemapper (deleted)
            7fe5944df000-7fe5944e1000 r-xp 00000000 00:00 0                          [vdso]
            7ffe00000000-7ffe00010000 rw-p 00000000 00:00 0                          [stack]
            7ffe00010000-7ffe00020000 r--p 00000000 00:00 0
            ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]
            """;

    @Test
    void keepsExecutableRangesWithTheirFiles() throws IOException {
        Mappings mappings = parse(NODE, 100);

        assertThat(mappings.count()).isEqualTo(7);
        int text = mappings.find(0x00b72000);
        assertThat(text).isEqualTo(1);
        assertThat(mappings.start(text)).isEqualTo(0xb72000);
        assertThat(mappings.end(text)).isEqualTo(0x25fe000);
        assertThat(mappings.fileOffset(text)).isEqualTo(0x772000);
        assertThat(mappings.inode(text)).isEqualTo(260689);
        assertThat(mappings.path(text)).isEqualTo("/usr/bin/node");
        assertThat(mappings.kind(text)).isEqualTo(Mappings.FILE);
        assertThat(mappings.path(3)).isEqualTo("/a path/with\nnewline");
        assertThat(mappings.device(3)).isEqualTo((0x103L << 20) | 0x1ff);
        assertThat(mappings.hasFile("node")).isTrue();
        assertThat(mappings.hasFile("ode")).isFalse();
    }

    @Test
    void tellsGeneratedCodeTheVdsoAndDataApart() throws IOException {
        Mappings mappings = parse(NODE, 100);

        assertThat(mappings.kind(mappings.find(0x7fe56c003000L))).isEqualTo(Mappings.GENERATED);
        assertThat(mappings.kind(mappings.find(0x7fe590000001L))).isEqualTo(Mappings.GENERATED);
        assertThat(mappings.kind(mappings.find(0x7fe5944df800L))).isEqualTo(Mappings.VDSO);
        assertThat(mappings.kind(mappings.find(0xffffffffff600400L))).isEqualTo(Mappings.SPECIAL);
        assertThat(mappings.find(0x7ffe0001_8000L)).as("merged neighbours").isEqualTo(Mappings.NOT_CODE);
        assertThat(mappings.find(0x00b71000)).as("a hole").isEqualTo(Mappings.UNMAPPED);
        assertThat(mappings.find(0x7fe56c03f000L)).as("the end is outside").isEqualTo(Mappings.UNMAPPED);
    }

    @Test
    void leavesOutWhatIsTooMuch() throws IOException {
        MappingsBuilder builder = new MappingsBuilder(3);
        Mappings mappings = new Mappings(builder.read(lines(NODE)));

        assertThat(mappings.count()).isEqualTo(3);
        assertThat(builder.leftOut()).isEqualTo(4);
    }

    private static Mappings parse(String text, int most) throws IOException {
        return new Mappings(new MappingsBuilder(most).read(lines(text)));
    }

    private static ByteLines lines(String text) {
        return new ByteLines(4096).open(ByteSource.of(text.getBytes(StandardCharsets.UTF_8)), 0, 1 << 20, '\n');
    }
}
