/** Sends finished intervals to an OTLP endpoint, and keeps them while it cannot. */
@NullMarked
package io.stackhouse.agent.export;

import org.jspecify.annotations.NullMarked;
