/** The agent: samples every process of the host by eBPF and sends profiles by OTLP. */
@NullMarked
package io.stackhouse.agent;

import org.jspecify.annotations.NullMarked;
