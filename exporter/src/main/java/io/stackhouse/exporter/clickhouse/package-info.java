/** Writes profiles and traces to ClickHouse: schema, blocks, inserts that can be repeated. */
@NullMarked
package io.stackhouse.exporter.clickhouse;

import org.jspecify.annotations.NullMarked;
