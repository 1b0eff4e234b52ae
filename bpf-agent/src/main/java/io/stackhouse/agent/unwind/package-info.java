/** Unwinding tables: from .eh_frame of the files that processes map, into the maps of the BPF program. */
@NullMarked
package io.stackhouse.agent.unwind;

import org.jspecify.annotations.NullMarked;
