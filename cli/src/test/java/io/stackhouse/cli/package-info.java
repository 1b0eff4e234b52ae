/** Tests of the commands: with real child processes and, in the ITs, a real ClickHouse. */
@NullMarked
package io.stackhouse.cli;

import org.jspecify.annotations.NullMarked;
