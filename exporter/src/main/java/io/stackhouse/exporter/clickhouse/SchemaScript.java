package io.stackhouse.exporter.clickhouse;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The statements of the schema, and those that note what was run. Stateless. */
final class SchemaScript {
    private SchemaScript() {}

    /** All there is to run on an empty server. A collector with {@code create_schema: false} then finds what it looks for. */
    static List<String> whole(ClickHouseConfig config) {
        List<String> statements = new ArrayList<>();
        statements.add(createDatabase(config));
        statements.add(createNotes(config));
        Map<String, String> placeholders = Schema.placeholders(config);
        for (Schema.Part part : Schema.parts(config)) {
            for (Migration migration : part.migrations()) {
                statements.addAll(migration.statements(placeholders));
                statements.add(note(config, part.component(), migration));
            }
        }
        return statements;
    }

    static String createDatabase(ClickHouseConfig config) {
        return "CREATE DATABASE IF NOT EXISTS " + config.database();
    }

    /** The table of the migrations that were run. */
    static String createNotes(ClickHouseConfig config) {
        return "CREATE TABLE IF NOT EXISTS " + notes(config)
                + " (Component String, Version UInt32, Name String, Checksum String,"
                + " AppliedAt DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC'))"
                + " ENGINE = ReplacingMergeTree(AppliedAt) ORDER BY (Component, Version)";
    }

    static String note(ClickHouseConfig config, String component, Migration migration) {
        return "INSERT INTO " + notes(config) + " (Component, Version, Name, Checksum) VALUES ('" + component + "', "
                + migration.version() + ", '" + migration.name() + "', '" + migration.checksum() + "')";
    }

    static String notes(ClickHouseConfig config) {
        return config.database() + "." + Schema.MIGRATIONS_TABLE;
    }
}
