/** The real parts together: agent, collector, ClickHouse, SDKs and profilers. */
@NullMarked
package io.stackhouse.it;

import org.jspecify.annotations.NullMarked;
