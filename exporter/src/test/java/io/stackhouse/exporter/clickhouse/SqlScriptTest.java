package io.stackhouse.exporter.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SqlScriptTest {
    /** What may be run again when a collector ends amid a migration. Stacks that are copied twice are merged. */
    private static final String REPEATABLE =
            "IF (NOT )?EXISTS|CREATE OR REPLACE (VIEW|FUNCTION)|INSERT INTO otel.otel_profiles_stacks_v2";

    @Test
    void splitsAtSemicolonsOnly() {
        assertThat(SqlScript.statements("SELECT 1;\n\n SELECT 2 ;")).containsExactly("SELECT 1", "SELECT 2");
        assertThat(SqlScript.statements("SELECT 1")).containsExactly("SELECT 1");
        assertThat(SqlScript.statements(" ;; \n-- nothing; here\n/* nor; here */"))
                .isEmpty();
    }

    @Test
    void leavesQuotedSemicolonsAlone() {
        String quoted = "SELECT ';', 'it''s;', 'a\\';b', `x;y`, \"z;\"";
        assertThat(SqlScript.statements(quoted + "; SELECT 2")).containsExactly(quoted, "SELECT 2");
    }

    @Test
    void leavesCommentedSemicolonsAlone() {
        assertThat(SqlScript.statements("SELECT 1 -- one; 'two\n, 2; SELECT /* ; */ 3"))
                .containsExactly("SELECT 1 -- one; 'two\n, 2", "SELECT /* ; */ 3");
    }

    @ParameterizedTest
    @ValueSource(strings = {"profiles", "traces"})
    void everyFileOfASetIsKnownAndFilledIn(String set) throws IOException {
        List<String> names;
        try (Stream<Path> files =
                Files.list(Path.of("src/main/resources/io/stackhouse/exporter/clickhouse/schema", set))) {
            names = files.map(file -> file.getFileName().toString()).sorted().toList();
        }
        List<Migration> migrations = Schema.migrations(set);
        assertThat(migrations.stream().map(Migration::name)).isEqualTo(names);
        Map<String, String> placeholders = Schema.placeholders(ClickHouseConfig.defaults());
        for (Migration migration : migrations) {
            assertThat(migration.name()).startsWith(String.format("%04d_", migration.version()));
            assertThat(migration.statements(placeholders))
                    .isNotEmpty()
                    .allSatisfy(statement -> assertThat(statement)
                            .doesNotContainPattern("\\{[a-z_]+}")
                            .containsPattern(REPEATABLE));
        }
    }
}
