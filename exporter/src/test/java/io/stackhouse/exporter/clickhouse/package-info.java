@NullMarked
package io.stackhouse.exporter.clickhouse;

import org.jspecify.annotations.NullMarked;
