/** Tests of the embedded ClickHouse: real engines in real processes. */
@NullMarked
package io.stackhouse.clickhouse.embedded;

import org.jspecify.annotations.NullMarked;
