package io.stackhouse.exporter.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stackhouse.clickhouse.embedded.EmbeddedClickHouse;
import io.stackhouse.exporter.testing.RecordingReceipt;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.batch.Batch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every query of docs/sql.md gives the answer that stands below it. With {@code -Dstackhouse.updateSqlPage=true} the answers are written
 * into the page instead.
 */
class SqlPageIT {
    private static final Path PAGE = Path.of("../docs/sql.md");
    private static final String DATABASE = "otel";
    private static final String BEGIN = "```sql";
    private static final String END = "```";

    @TempDir
    static Path data;

    private static TestClickHouse clickHouse;

    /** A query of the page and the table below it, by their places. */
    private record Example(String heading, String query, List<String> answer, int answerStart) {}

    @BeforeAll
    static void start() {
        assumeTrue(EmbeddedClickHouse.isAvailable());
        clickHouse = new TestClickHouse(data);
        try (ClickHouseExporter exporter =
                new ClickHouseExporter(clickHouse.keepingConfig(DATABASE), Telemetry.none(), null)) {
            exporter.start();
            List<RecordingReceipt> receipts = new ArrayList<>();
            for (Batch batch : SqlPageData.batches()) {
                RecordingReceipt receipt = new RecordingReceipt();
                receipts.add(receipt);
                batch.setReceipt(receipt);
                exporter.accept(batch);
            }
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(receipts)
                            .allSatisfy(each -> assertThat(each.calls).containsExactly(RecordingReceipt.DELIVERED)));
        }
    }

    @AfterAll
    static void stop() {
        if (clickHouse != null) {
            clickHouse.close();
        }
    }

    @TestFactory
    List<DynamicTest> everyQueryGivesWhatThePageSays() throws IOException {
        List<String> page = new ArrayList<>(Files.readAllLines(PAGE));
        List<Example> examples = examples(page);
        assertThat(examples).hasSizeGreaterThan(15);
        if (Boolean.getBoolean("stackhouse.updateSqlPage")) {
            update(page, examples);
            examples = examples(page);
        }
        List<DynamicTest> tests = new ArrayList<>();
        for (Example example : examples) {
            tests.add(DynamicTest.dynamicTest(
                    example.heading(),
                    () -> assertThat(clickHouse.markdown(DATABASE, example.query()))
                            .isNotEmpty()
                            .isEqualTo(example.answer())));
        }
        return tests;
    }

    private static List<Example> examples(List<String> page) {
        List<Example> examples = new ArrayList<>();
        String heading = "";
        for (int i = 0; i < page.size(); i++) {
            if (page.get(i).startsWith("#")) {
                heading = page.get(i);
            } else if (page.get(i).equals(BEGIN)) {
                int end = i + page.subList(i, page.size()).indexOf(END);
                int answer = end + 1;
                while (answer < page.size() && page.get(answer).isBlank()) {
                    answer++;
                }
                int answerEnd = answer;
                while (answerEnd < page.size() && page.get(answerEnd).startsWith("|")) {
                    answerEnd++;
                }
                examples.add(new Example(
                        heading,
                        String.join("\n", page.subList(i + 1, end)),
                        List.copyOf(page.subList(answer, answerEnd)),
                        answer));
            }
        }
        return examples;
    }

    private static void update(List<String> page, List<Example> examples) throws IOException {
        for (int i = examples.size() - 1; i >= 0; i--) {
            Example example = examples.get(i);
            int from = example.answerStart();
            page.subList(from, from + example.answer().size()).clear();
            List<String> answer = new ArrayList<>(clickHouse.markdown(DATABASE, example.query()));
            if (example.answer().isEmpty()) {
                answer.add("");
            }
            page.addAll(from, answer);
        }
        Files.write(PAGE, page);
    }
}
