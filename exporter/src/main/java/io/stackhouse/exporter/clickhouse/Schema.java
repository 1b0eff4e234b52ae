package io.stackhouse.exporter.clickhouse;

import com.clickhouse.client.api.query.GenericRecord;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the database to the shape that this program writes.
 *
 * <p>Each set of tables has numbered migrations; what was applied stands in {@code stackhouse_schema_migrations} with the
 * checksum of its file. Every statement can be run again without harm, so that several collectors may start at once, and one that
 * died half-way is continued by the next. One thread.
 */
final class Schema {
    static final String MIGRATIONS_TABLE = "stackhouse_schema_migrations";

    private static final Logger LOG = LoggerFactory.getLogger(Schema.class);
    private static final String PROFILES = "profiles";
    private static final String TRACES = "traces";
    private static final Map<String, List<String>> FILES = Map.of(
            PROFILES,
                    List.of(
                            "0001_tables.sql",
                            "0002_views.sql",
                            "0003_original_type.sql",
                            "0004_tiers.sql",
                            "0005_views.sql"),
            TRACES, List.of("0001_tables.sql", "0002_profiles_of_spans.sql", "0003_endpoints.sql"));
    static final int DEDUPLICATION_WINDOW_BLOCKS = 10_000;
    /** A stack's month has up to 31 days after its first one; its samples may be late, and parts are dropped late. */
    private static final int STACK_EXTRA_DAYS = 31 + 4;
    /** TABLE_ALREADY_EXISTS, DATABASE_ALREADY_EXISTS: another collector was a moment faster. */
    private static final Set<Integer> OVERTAKEN = Set.of(57, 82);

    private static final int MAX_OVERTAKEN = 10;

    private final ClickHouseClient client;
    private final ClickHouseConfig config;
    private final Map<String, String> placeholders;

    Schema(ClickHouseClient client, ClickHouseConfig config) {
        this.client = client;
        this.config = config;
        this.placeholders = placeholders(config);
    }

    /** Creates or migrates the tables when the settings say so, and checks that all migrations are there as they should be. */
    void prepare() {
        if (config.createSchema()) {
            create(SchemaScript.createDatabase(config));
            create(SchemaScript.createNotes(config));
        }
        parts(config).forEach(part -> prepare(part.component(), part.migrations()));
    }

    /** Migrations that are numbered by themselves. */
    record Part(String component, List<Migration> migrations) {}

    static List<Part> parts(ClickHouseConfig config) {
        return List.of(
                new Part(PROFILES, migrations(PROFILES)),
                new Part(TRACES + ":" + config.tracesTableName(), migrations(TRACES)));
    }

    /** Number of the newest migration of profiles. */
    static int newest() {
        return FILES.getOrDefault(PROFILES, List.of()).size();
    }

    static List<Migration> migrations(String set) {
        return Migration.load(set, FILES.getOrDefault(set, List.of()));
    }

    private void prepare(String component, List<Migration> migrations) {
        Map<Integer, String> applied = applied(component);
        for (Migration migration : migrations) {
            String checksum = applied.get(migration.version());
            if (checksum == null) {
                apply(component, migration);
            } else if (!checksum.equals(migration.checksum())) {
                throw new IllegalStateException("the schema in database " + config.database() + " was made by another"
                        + " build: migration " + component + "/" + migration.name() + " has checksum " + checksum
                        + " there and " + migration.checksum()
                        + " here; use the build that made it, or another database");
            }
        }
        if (applied.size() > migrations.size()) {
            LOG.warn(
                    "The schema of {} in database {} is newer than this program: it has {} migrations, this program knows {}",
                    component,
                    config.database(),
                    applied.size(),
                    migrations.size());
        }
    }

    private void apply(String component, Migration migration) {
        if (!config.createSchema()) {
            throw new IllegalStateException("the schema in database " + config.database() + " lacks migration "
                    + component + "/" + migration.name() + "; set create_schema: true, or let an administrator start a"
                    + " collector once that may create tables");
        }
        for (String statement : migration.statements(placeholders)) {
            create(statement);
        }
        client.execute(SchemaScript.note(config, component, migration));
        LOG.info("Applied schema migration {}/{} in database {}", component, migration.name(), config.database());
    }

    private void create(String statement) {
        for (int attempt = 1; ; attempt++) {
            try {
                client.execute(statement);
                return;
            } catch (RuntimeException e) {
                if (attempt == MAX_OVERTAKEN
                        || !OVERTAKEN.contains(InsertFailure.of(e).code())) {
                    throw e;
                }
            }
        }
    }

    private Map<Integer, String> applied(String component) {
        Map<Integer, String> checksums = new HashMap<>();
        try {
            List<GenericRecord> rows = client.query("SELECT Version, any(Checksum) AS Checksum FROM "
                    + SchemaScript.notes(config) + " WHERE Component = '" + component + "' GROUP BY Version");
            for (GenericRecord row : rows) {
                checksums.put(row.getInteger("Version"), row.getString("Checksum"));
            }
        } catch (RuntimeException e) {
            int code = InsertFailure.of(e).code();
            if (code != InsertFailure.UNKNOWN_TABLE && code != InsertFailure.UNKNOWN_DATABASE) {
                throw e;
            }
        }
        return checksums;
    }

    static Map<String, String> placeholders(ClickHouseConfig config) {
        Duration ttl = config.ttl();
        Duration hourly = config.tierTtl().hourly();
        Duration longest = ttl.isZero() || hourly.isZero() ? Duration.ZERO : ttl.compareTo(hourly) > 0 ? ttl : hourly;
        return Map.of(
                "database", config.database(),
                "traces_table", config.tracesTableName(),
                "deduplication_window", Integer.toString(DEDUPLICATION_WINDOW_BLOCKS),
                "ttl_samples", ttl("toDateTime(Timestamp)", ttl),
                "ttl_spans", ttl("toDateTime(Timestamp)", ttl),
                "ttl_trace_ids", ttl("End", ttl),
                "ttl_traced", ttl("toDateTime(Timestamp)", config.tierTtl().traced()),
                "ttl_hourly", ttl("Hour", hourly),
                "ttl_totals", ttl("Minute", config.tierTtl().totals()),
                "ttl_stacks", longest.isZero() ? "" : ttl("toDateTime(Month)", longest.plusDays(STACK_EXTRA_DAYS)));
    }

    private static String ttl(String time, Duration kept) {
        return kept.isZero() ? "" : "TTL " + time + " + toIntervalSecond(" + kept.toSeconds() + ")";
    }
}
