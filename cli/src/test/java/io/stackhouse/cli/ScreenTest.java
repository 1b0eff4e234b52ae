package io.stackhouse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ScreenTest {

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(printed, false, StandardCharsets.UTF_8);

    @Test
    void replacesTheLastBlockOnATerminal() {
        Screen screen = new Screen(out, true, 80);
        screen.block(List.of("a", "b"));
        screen.block(List.of("c"));
        assertThat(printed.toString(StandardCharsets.UTF_8)).isEqualTo("a\nb\n\u001b[2A\u001b[Jc\n");
    }

    @Test
    void keepsABlockThatALineFollowed() {
        Screen screen = new Screen(out, true, 80);
        screen.block(List.of("a"));
        screen.line("stays");
        screen.block(List.of("b"));
        assertThat(printed.toString(StandardCharsets.UTF_8)).isEqualTo("a\nstays\nb\n");
    }

    @Test
    void onlyAddsWhereThereIsNoTerminal() {
        Screen screen = new Screen(out, false, 120);
        screen.block(List.of("a"));
        screen.block(List.of("b"));
        assertThat(printed.toString(StandardCharsets.UTF_8)).isEqualTo("a\nb\n");
    }
}
