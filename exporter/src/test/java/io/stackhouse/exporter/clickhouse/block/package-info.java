@NullMarked
package io.stackhouse.exporter.clickhouse.block;

import org.jspecify.annotations.NullMarked;
