/**
 * The processes that are profiled: who they are (attributes of an OTLP resource) and what is mapped where in them, read from {@code /proc}.
 *
 * <p>Processes end while they are read and may be closed to us; both are ordinary here, counted and never logged one by one.
 */
@NullMarked
package io.stackhouse.agent.process;

import org.jspecify.annotations.NullMarked;
