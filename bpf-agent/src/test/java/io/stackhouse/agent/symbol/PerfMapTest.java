package io.stackhouse.agent.symbol;

import static org.assertj.core.api.Assertions.assertThat;

import io.stackhouse.agent.elf.ByteSource;
import io.stackhouse.agent.process.ByteLines;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class PerfMapTest {
    private final PerfMap map = new PerfMap(FrameType.NATIVE, 1 << 20);

    @Test
    void namesWithinTheStatedExtentOnly() throws IOException {
        append("2000 10 second\n1000 20 first\n0x3000 0x8 third one\n");

        assertThat(map.find(0x1000).function()).isEqualTo("first");
        assertThat(map.find(0x101f).function()).isEqualTo("first");
        assertThat(map.find(0x1020)).isNull();
        assertThat(map.find(0xfff)).isNull();
        assertThat(map.find(0x3007).function()).isEqualTo("third one");
        assertThat(map.find(0x1001)).isSameAs(map.find(0x1002));
    }

    @Test
    void takesTheLaterLineWhereCodeWasReplaced() throws IOException {
        append("1000 100 old\n1000 80 new\n2000 100 outer\n2040 10 older_inner\n2000 100 outer2\n");

        assertThat(map.find(0x1010).function()).isEqualTo("new");
        assertThat(map.find(0x1090)).isNull();
        assertThat(map.find(0x2045).function()).isEqualTo("outer2");
        assertThat(map.count()).isEqualTo(3);
    }

    @Test
    void leavesALineThatIsStillBeingWritten() throws IOException {
        String text = "1000 10 one\n2000 10 tw";

        long position = append(text);

        assertThat(position).isEqualTo(12);
        assertThat(map.find(0x2000)).isNull();
    }

    @Test
    void keepsTheNewestHalfWhenFull() throws IOException {
        PerfMap small = new PerfMap(FrameType.NATIVE, 16 * 1024);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 5000; i++) {
            text.append(Integer.toHexString(0x1000 + 16 * i))
                    .append(" 10 function_number_")
                    .append(i)
                    .append('\n');
        }
        small.append(lines(text.toString()), 0);

        assertThat(small.memoryBytes()).isLessThanOrEqualTo(16 * 1024);
        assertThat(small.takeDropped()).isEqualTo(5000 - small.count());
        assertThat(small.find(0x1000 + 16 * 4999).function()).isEqualTo("function_number_4999");
        assertThat(small.find(0x1000)).isNull();
    }

    @Test
    void survivesNonsense() throws IOException {
        append(
                "\n x\n1000\n1000 \n1000 zz\n1000 0 empty\n1000 ffffffffffffffff huge\n1000 10 \nffffffffffffffff 10 top\n");

        assertThat(map.count()).isEqualTo(1);
        assertThat(map.find(0xffffffffffffffffL).function()).isEqualTo("top");
    }

    @Test
    void takesApartWhatV8Writes() {
        Frame.Name optimized = GeneratedNames.parse(FrameType.V8JS, "JS:*work /srv/app/index.js:12:7");
        assertThat(optimized.function()).isEqualTo("work");
        assertThat(optimized.file()).isEqualTo("/srv/app/index.js");
        assertThat(optimized.line()).isEqualTo(12);
        assertThat(optimized.systemName()).isEqualTo("JS:*work /srv/app/index.js:12:7");

        Frame.Name anonymous = GeneratedNames.parse(FrameType.V8JS, "JS:~ node:internal/child_process:1004:39");
        assertThat(anonymous.function()).isEqualTo("(anonymous)");
        assertThat(anonymous.file()).isEqualTo("node:internal/child_process");

        assertThat(GeneratedNames.parse(FrameType.V8JS, "JS:^odd").function()).isEqualTo("odd");
        assertThat(GeneratedNames.parse(FrameType.V8JS, "JS:~a b:c:d").function())
                .isEqualTo("a b:c:d");
        assertThat(GeneratedNames.parse(FrameType.V8JS, "Builtin:ArrayMap").function())
                .isEqualTo("Builtin:ArrayMap");
        assertThat(GeneratedNames.parse(FrameType.JVM, "JS:~x y:1:2").function())
                .isEqualTo("JS:~x y:1:2");
    }

    private long append(String text) throws IOException {
        return map.append(lines(text), 0);
    }

    private static ByteLines lines(String text) {
        return new ByteLines(4096).open(ByteSource.of(text.getBytes(StandardCharsets.UTF_8)), 0, 1 << 24, '\n');
    }
}
