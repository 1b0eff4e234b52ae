package io.stackhouse.agent.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.stackhouse.agent.elf.ByteSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ByteLinesTest {
    @Test
    void givesTheLinesThatStringSplitGives() throws IOException {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(200); i > 0; i--) {
                text.append(random.nextInt(6) == 0 ? '\n' : (char) ('a' + random.nextInt(26)));
            }
            List<String> expected = text.toString().lines().toList();
            assertThat(lines(text.toString(), 256))
                    .as("seed %d, round %d", seed, round)
                    .isEqualTo(expected);
        }
    }

    @Test
    void cutsALineThatIsTooLongAndGoesOnBehindIt() throws IOException {
        ByteLines lines = open("first\n" + "x".repeat(1000) + "\nlast", 64);

        assertThat(lines.next()).isTrue();
        assertThat(lines.rest()).isEqualTo("first");
        assertThat(lines.next()).isTrue();
        assertThat(lines.wasCut()).isTrue();
        assertThat(lines.rest()).isEqualTo("x".repeat(32));
        assertThat(lines.next()).isTrue();
        assertThat(lines.wasCut()).isFalse();
        assertThat(lines.rest()).isEqualTo("last");
        assertThat(lines.next()).isFalse();
    }

    @Test
    void knowsWhereTheNextLineBegins() throws IOException {
        String text = "one\n" + "y".repeat(500) + "\nthree\nunfinished";
        ByteLines lines = open(text, 64);
        List<Long> positions = new ArrayList<>();
        while (lines.next()) {
            positions.add(lines.positionAfterLine());
        }

        assertThat(positions).containsExactly(4L, 505L, 511L, (long) text.length());
        assertThat(lines.wasTerminated()).isFalse();
    }

    @Test
    void readsNoMoreThanIsAllowed() throws IOException {
        ByteLines lines = new ByteLines(64).open(source("abc\ndef\nghi\n"), 4, 6, '\n');

        assertThat(lines.next()).isTrue();
        assertThat(lines.rest()).isEqualTo("def");
        assertThat(lines.next()).isTrue();
        assertThat(lines.rest()).isEqualTo("gh");
        assertThat(lines.next()).isFalse();
    }

    @Test
    void readsNumbersWordsAndEnds() throws IOException {
        ByteLines lines = open("7fff-ffffffffff600000 word 123  rest of it", 128);
        assertThat(lines.next()).isTrue();

        assertThat(lines.hex()).isEqualTo(0x7fff);
        assertThat(lines.skip("+")).isFalse();
        assertThat(lines.skip("-")).isTrue();
        assertThat(lines.hex()).isEqualTo(0xffffffffff600000L);
        lines.skipSpaces();
        assertThat(lines.word()).isEqualTo("word");
        assertThat(lines.decimal()).isEqualTo(123);
        lines.skipSpaces();
        assertThat(lines.endsWith("of it")).isTrue();
        assertThat(lines.is("rest of it")).isTrue();
        assertThat(lines.rest()).isEqualTo("rest of it");
    }

    private static List<String> lines(String text, int buffer) throws IOException {
        ByteLines lines = open(text, buffer);
        List<String> result = new ArrayList<>();
        while (lines.next()) {
            result.add(lines.rest());
        }
        return result;
    }

    private static ByteLines open(String text, int buffer) {
        return new ByteLines(buffer).open(source(text), 0, Long.MAX_VALUE, '\n');
    }

    private static ByteSource source(String text) {
        return ByteSource.of(text.getBytes(StandardCharsets.UTF_8));
    }
}
