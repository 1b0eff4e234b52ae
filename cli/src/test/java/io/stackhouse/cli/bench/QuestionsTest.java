package io.stackhouse.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class QuestionsTest {

    private static final Questions.Names NAMES = new Questions.Names(
            "s", "1", "2", "f", "2030-01-01 00:00:00", "2030-01-01 12:00:00", "2030-01-02 00:00:00", "ab");

    @Test
    void takesEachBlockUnderItsHeadingButThoseAboutSpans() {
        String page = """
                # Page
                ## One?
                ```sql
                SELECT 1 -- # no heading
                ```
                ```sql
                SELECT 2
                ```
                ## Two?
                ```sql
                SELECT * FROM otel_traces
                ```
                ## Three?
                text
                ```sql
                SELECT x('parseJson', service = 'shop', from = '2026-01-31 08:00:00', to = '2026-01-31 10:00:00')
                ```
                """;

        List<Questions.Question> questions = Questions.read(page, NAMES);

        assertThat(questions)
                .containsExactly(
                        new Questions.Question("One?", "SELECT 1 -- # no heading\n"),
                        new Questions.Question("One? (2)", "SELECT 2\n"),
                        new Questions.Question(
                                "Three?",
                                "SELECT x('f', service = 's', from = '2030-01-01 00:00:00', to = '2030-01-02 00:00:00')\n"));
    }

    @Test
    void asksAboutTheWholeTimeAlsoWhereThePageComparesTwo() {
        assertThat(Questions.asked(
                        "a = '2026-01-31 08:00:00', b = '2026-01-31 09:00:00', c = '2026-01-31 09:00:00', d = '2026-01-31 10:00:00'",
                        NAMES))
                .isEqualTo(
                        "a = '2030-01-01 00:00:00', b = '2030-01-01 12:00:00', c = '2030-01-01 12:00:00', d = '2030-01-02 00:00:00'");
        assertThat(Questions.asked("trace_id = '0000000000005e71000000000000004e', '1.7' '1.8'", NAMES))
                .isEqualTo("trace_id = 'ab', '1' '2'");
    }
}
