/** What was sampled in an interval: known stacks and their counts, and their encoding as an OTLP request. */
@NullMarked
package io.stackhouse.agent.interval;

import org.jspecify.annotations.NullMarked;
