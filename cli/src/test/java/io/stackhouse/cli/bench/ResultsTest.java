package io.stackhouse.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ResultsTest {

    private final Results results = new Results();

    ResultsTest() {
        double[] bare = {100, 200, 50};
        double[] slower = {210, 400, 101};
        double[] jumping = {100, 500, 60};
        for (int round = 0; round < 3; round++) {
            Series yardstick = results.add("pipeline", "bare", "ms", bare[round]);
            results.add("pipeline", "ours", "ms", yardstick, slower[round]);
            results.add("store", "theirs", "ms", yardstick, jumping[round]);
        }
        results.add("store", "alone", "MB", 7.5);
        results.check("nothing is lost", true, "12 of 12");
        results.file("flame.html");
    }

    @Test
    void comparesEachRoundWithTheYardstickOfThatRound() {
        Series ours = results.series().get(1);

        assertThat(ours.spread()).isEqualTo(new Series.Spread(210, 101, 400));
        assertThat(ours.ratio().median()).isCloseTo(2.02, within(1e-9));
        assertThat(ours.ratio().min()).isCloseTo(2.0, within(1e-9));
        assertThat(ours.ratio().max()).isCloseTo(2.1, within(1e-9));
        assertThat(ours.hasMoved()).isFalse();
        assertThat(results.series().get(2).hasMoved()).isTrue();
    }

    @Test
    void hasNoRatioWithoutAYardstickOfAsManyRounds() {
        Series yardstick = results.series().get(0);
        Series once = results.add("agent", "once", "s", yardstick, 1);

        assertThat(once.ratio()).isNull();
        assertThat(yardstick.ratio()).isNull();
    }

    @Test
    void takesTheMiddleOfAnEvenNumberOfValues() {
        assertThat(Series.Spread.of(List.of(4.0, 1.0, 3.0, 2.0))).isEqualTo(new Series.Spread(2.5, 1, 4));
    }

    @Test
    void rendersOneTableThatSaysWhatMoved() {
        List<String> lines = ResultTable.render(results);

        assertThat(lines).anyMatch(line -> line.matches("PIPELINE *"));
        assertThat(lines)
                .anyMatch(line -> line.matches(" +ours +210 +101 \\.\\. 400 +ms +2\\.02 +2 \\.\\. 2\\.10 +bare"));
        assertThat(lines).anyMatch(line -> line.matches(" +theirs \\* +100 .*"));
        assertThat(lines).anyMatch(line -> line.matches(" +alone +7\\.50 +7\\.50 \\.\\. 7\\.50 +MB"));
        assertThat(lines).anyMatch(line -> line.contains("moved more than 10 % between rounds: 1 of 2 ratios"));
        assertThat(lines).contains("good: nothing is lost: 12 of 12", "kept: flame.html");
    }

    @Test
    void rendersOneLineOfJson() {
        results.add("agent", "nothing \"there\"", "s", Double.NaN);

        String json = ResultJson.render(results, Map.of("cpus", "2"));

        assertThat(json)
                .doesNotContain("\n")
                .contains("\"version\":1", "\"machine\":{\"cpus\":\"2\"}", "\"good\":true")
                .contains(
                        "{\"part\":\"pipeline\",\"name\":\"ours\",\"unit\":\"ms\",\"median\":210.0,\"min\":101.0,\"max\":400.0,\"values\":[210.0,400.0,101.0],\"yardstick\":\"bare\",\"ratio\":{\"median\":2.02,\"min\":2.0,\"max\":2.1},\"moved\":false}")
                .contains("\"nothing \\\"there\\\"\",\"unit\":\"s\",\"median\":null");
    }

    @Test
    void isWrongWhenOneCheckIs() {
        results.check("nothing comes twice", false, "13 of 12");

        assertThat(results.isGood()).isFalse();
        assertThat(ResultTable.render(results)).contains("WRONG: nothing comes twice: 13 of 12");
    }

    @Test
    void writesThreeDigitsThatSaySomething() {
        assertThat(ResultTable.number(1_234_567.8)).isEqualTo("1,234,568");
        assertThat(ResultTable.number(12.345)).isEqualTo("12.3");
        assertThat(ResultTable.number(1.2345)).isEqualTo("1.23");
        assertThat(ResultTable.number(0.01234)).isEqualTo("0.012");
        assertThat(ResultTable.number(0)).isEqualTo("0.00");
        assertThat(ResultTable.number(Double.NaN)).isEqualTo("-");
    }
}
