/**
 * What processes publish about themselves: the process context of OTEP 4719 (resource attributes), and how to find the thread contexts
 * of OTEP 4947 (trace, span and attributes of what a thread works on), which the BPF program reads at each sample.
 *
 * <p>Everything here comes out of the memory of foreign processes: it is bounded, checked, and whatever makes no sense is no context.
 */
@NullMarked
package io.stackhouse.agent.context;

import org.jspecify.annotations.NullMarked;
