/**
 * ClickHouse in a process of its own: a child JVM loads libchdb, which opens ClickHouse's HTTP and native servers on loopback. The quick start and the tests of the
 * other modules use it; in production the exporter's endpoint names a ClickHouse server or cluster instead.
 */
@NullMarked
package io.stackhouse.clickhouse.embedded;

import org.jspecify.annotations.NullMarked;
