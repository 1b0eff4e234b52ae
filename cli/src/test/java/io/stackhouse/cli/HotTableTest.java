package io.stackhouse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class HotTableTest {

    @Test
    void alignsColumnsAndCutsWhatIsTooLong() {
        List<HotFunction> functions = List.of(
                new HotFunction("checkout", "com.acme.Cart.total(java.util.List<com.acme.Item>)", 41.5, 100),
                new HotFunction("db", "memcpy", 3.25, 3.25));

        assertThat(HotTable.render(functions, 64))
                .containsExactly(
                        "SERVICE   FUNCTION                               SELF %  TOTAL %",
                        "checkout  com.acme.Cart.total(java.util.Lis…      41.50   100.00",
                        "db        memcpy                                   3.25     3.25");
    }

    @Test
    void everyLineFitsTheTerminal() {
        List<HotFunction> functions =
                List.of(new HotFunction("s".repeat(100), "f".repeat(1000), 100, 100), new HotFunction("", "", 0, 0));

        assertThat(HotTable.render(functions, 80))
                .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(80));
    }

    @Test
    void letsNoControlCharacterOfANameReachTheTerminal() {
        assertThat(HotTable.render(List.of(new HotFunction("a\u001b[2J", "b\tc", 1, 1)), 80)
                        .get(1))
                .startsWith("a?[2J    b?c ");
    }

    @Test
    void parsesALineOfTheQuery() {
        assertThat(HotFunctions.parse("svc\tleaf\\ta\t16.67\t33.4"))
                .isEqualTo(new HotFunction("svc", "leaf\ta", 16.67, 33.4));
    }
}
