/** Binding of libbpf and of the few system calls that sampling needs, by JNA. The module's only native calls. */
@NullMarked
package io.stackhouse.agent.libbpf;

import org.jspecify.annotations.NullMarked;
