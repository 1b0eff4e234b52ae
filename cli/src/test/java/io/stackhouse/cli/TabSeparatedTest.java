package io.stackhouse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class TabSeparatedTest {

    @Test
    void undoesWhatClickHouseEscapes() {
        assertThat(TabSeparated.unescape("a\\tb\\\\c\\nd\\'e")).isEqualTo("a\tb\\c\nd'e");
        assertThat(TabSeparated.unescape("plain::name<T>(int)")).isEqualTo("plain::name<T>(int)");
        assertThat(TabSeparated.unescape("ends with \\")).isEqualTo("ends with \\");
    }

    @Test
    void escapingAndBackIsIdentity() {
        String value = "tab\there, line\nand \\ slash";
        assertThat(TabSeparated.unescape(TabSeparated.escape(value))).isEqualTo(value);
    }
}
