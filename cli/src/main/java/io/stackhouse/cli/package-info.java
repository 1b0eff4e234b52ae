/**
 * The commands of {@code ./stackhouse} that are written in Java: {@code up} starts and supervises the parts, {@code sql} and {@code top} ask the ClickHouse that runs.
 */
@NullMarked
package io.stackhouse.cli;

import org.jspecify.annotations.NullMarked;
