package io.stackhouse.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stackhouse.clickhouse.embedded.EmbeddedClickHouse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page of the flame graph, made from a real ClickHouse and opened from its file in a real browser. */
final class FlamegraphIT {
    private static final int BROWSER_SECONDS = 120;

    @TempDir
    private Path folder;

    private static Path browser() {
        for (String name : List.of("chromium", "chromium-browser", "google-chrome")) {
            Path found = Stream.of(System.getenv("PATH").split(":", -1))
                    .map(each -> Path.of(each, name))
                    .filter(Files::isExecutable)
                    .findFirst()
                    .orElse(null);
            if (found != null) {
                return found;
            }
        }
        if ("true".equals(System.getenv("CI"))) {
            fail("no Chromium on PATH; ./stackhouse setup installs it, or: apt-get install chromium");
        }
        assumeTrue(false, "no Chromium on PATH");
        throw new AssertionError();
    }

    /** What the page's document is after a script has used it; writes a picture of it too. */
    private String use(Path page, String script, Path picture) throws IOException, InterruptedException {
        Path used = folder.resolve("used.html");
        Files.writeString(used, Files.readString(page) + "<script>" + script + "</script>");
        List<String> command = new ArrayList<>(List.of(
                browser().toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--user-data-dir=" + folder.resolve("profile"),
                "--window-size=1000,600"));
        run(command, "--screenshot=" + picture, used);
        return run(command, "--dump-dom", used);
    }

    private String run(List<String> browser, String what, Path page) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(browser);
        command.add(what);
        command.add(page.toUri().toString());
        Path out = folder.resolve("out.txt");
        Process process = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (!process.waitFor(BROWSER_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            fail("the browser did not end in " + BROWSER_SECONDS + " s");
        }
        return Files.readString(out);
    }

    private static void insert(ClickHouseHttp client) throws IOException {
        for (String statement : List.of(
                "CREATE DATABASE IF NOT EXISTS otel",
                "CREATE TABLE otel.sums (ServiceName String, ServiceVersion String, Frames Array(String), Value Int64)"
                        + " ENGINE = MergeTree ORDER BY ServiceName",
                "CREATE VIEW otel.otel_profiles_stack_sums AS SELECT ServiceName, ServiceVersion, Frames, Value FROM otel.sums"
                        + " WHERE {type:String} = 'cpu' AND ServiceName = {service:String} AND {from:String} < {to:String}",
                "INSERT INTO otel.sums VALUES ('shop', '1.8', ['match', 'parse', 'main'], 6000000000),"
                        + " ('shop', '1.8', ['<b>gzip</b>', 'main'], 2000000000),"
                        + " ('shop', '1.7', ['parse', 'main'], 1000000000), ('shop', '1.7', ['<b>gzip</b>', 'main'], 3000000000)")) {
            try (InputStream answer = client.query(statement, Map.of())) {
                answer.readAllBytes();
            }
        }
    }

    @Test
    void opensFromItsFileZoomsSearchesAndShowsWhatChanged() throws IOException, InterruptedException {
        assumeTrue(
                EmbeddedClickHouse.isAvailable(),
                () -> EmbeddedClickHouse.unavailableReason().orElseThrow());
        browser();
        Path page = folder.resolve("flame.html");
        try (EmbeddedClickHouse server = EmbeddedClickHouse.start(folder.resolve("clickhouse"))) {
            insert(new ClickHouseHttp(server.endpoint()));
            int exit = Main.commandLine()
                    .execute(
                            "flamegraph",
                            "--endpoint",
                            server.endpoint().toString(),
                            "--service",
                            "shop",
                            "--version",
                            "1.8",
                            "--diff",
                            "1.7",
                            "--out",
                            page.toString());
            assertThat(exit).isZero();
            assertThat(Main.commandLine()
                            .execute(
                                    "flamegraph",
                                    "--endpoint",
                                    server.endpoint().toString(),
                                    "--service",
                                    "none",
                                    "--out",
                                    page + ".none"))
                    .isEqualTo(ExitCodes.FAILED);
        }
        String text = Files.readString(page, StandardCharsets.UTF_8);
        assertThat(text).doesNotContain("http://").doesNotContain("https://").doesNotContain("<b>gzip");

        Path picture = folder.resolve("page.png");
        String dom = use(
                page,
                "document.querySelector('.frame[data-name=\"parse\"]').click();"
                        + "const s=document.getElementById('search');s.value='match';s.dispatchEvent(new Event('input'));",
                picture);
        assertThat(dom)
                .contains("class=\"frame found\"")
                .contains("class=\"frame above\"")
                .contains("matched: 75.00 %");
        assertThat(dom).contains("match: 6.000 s (75.00 %), self 6.000 s; before 0.00 %, change +75.00 %");
        // Zoomed into parse: what is beside it is not drawn.
        assertThat(dom).doesNotContain("data-name=\"&lt;b&gt;gzip").doesNotContain("data-name=\"<b>gzip");
        String whole = use(page, "document.getElementById('reset').click()", picture);
        assertThat(whole).contains("data-name=\"&lt;b&gt;gzip&lt;/b&gt;\"").contains("before 75.00 %, change -50.00 %");
        assertThat(ImageIO.read(picture.toFile()).getWidth()).isEqualTo(1000);
    }
}
