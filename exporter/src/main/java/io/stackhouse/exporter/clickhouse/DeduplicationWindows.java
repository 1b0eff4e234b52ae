package io.stackhouse.exporter.clickhouse;

import com.clickhouse.client.api.query.GenericRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it at the start that every table that inserts reach, by a materialized view too, remembers enough of them to know one that is
 * repeated. One thread.
 */
final class DeduplicationWindows {
    private static final Logger LOG = LoggerFactory.getLogger(DeduplicationWindows.class);
    private static final Pattern WINDOW = Pattern.compile("non_replicated_deduplication_window = (\\d+)");

    private final ClickHouseClient client;
    private final ClickHouseConfig config;

    DeduplicationWindows(ClickHouseClient client, ClickHouseConfig config) {
        this.client = client;
        this.config = config;
    }

    /** Widens windows that are too small when the settings allow it, else throws IllegalStateException with what to run. */
    void check() {
        List<String> statements = new ArrayList<>();
        String tables = "SELECT name, create_table_query FROM system.tables WHERE database = '" + config.database()
                + "' AND engine LIKE '%MergeTree' AND engine NOT LIKE 'Replicated%' AND engine NOT LIKE 'Shared%' AND ("
                + "match(name, '^otel_profiles_.*_v[0-9]+$') OR startsWith(name, '" + config.tracesTableName() + "'))";
        for (GenericRecord table : client.query(tables)) {
            long window = window(table.getString("create_table_query"));
            if (window < Schema.DEDUPLICATION_WINDOW_BLOCKS) {
                LOG.warn(
                        "Table {}.{} remembers {} inserts; {} are needed to know one that is repeated",
                        config.database(),
                        table.getString("name"),
                        window,
                        Schema.DEDUPLICATION_WINDOW_BLOCKS);
                statements.add("ALTER TABLE `" + config.database() + "`.`" + table.getString("name")
                        + "` MODIFY SETTING non_replicated_deduplication_window = "
                        + Schema.DEDUPLICATION_WINDOW_BLOCKS);
            }
        }
        if (!statements.isEmpty() && !config.createSchema()) {
            throw new IllegalStateException("the deduplication window of " + statements.size()
                    + " tables is too small to store each row once; run: " + String.join("; ", statements));
        }
        statements.forEach(client::execute);
    }

    private static long window(String createQuery) {
        Matcher found = WINDOW.matcher(createQuery);
        return found.find() ? Long.parseLong(found.group(1)) : 0;
    }
}
