/** ClickHouse's Native format: columns that are filled row by row and encoded as one block. */
@NullMarked
package io.stackhouse.exporter.clickhouse.block;

import org.jspecify.annotations.NullMarked;
