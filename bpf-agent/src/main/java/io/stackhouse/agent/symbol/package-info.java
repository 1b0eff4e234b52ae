/**
 * Names for addresses: of programs and libraries, of the kernel and its modules, of the vdso, and of generated code that says so itself in a perf map.
 *
 * <p>A name is given only inside of the extent that its source states. What has no name keeps its module and address, so that it can be named later.
 */
@NullMarked
package io.stackhouse.agent.symbol;

import org.jspecify.annotations.NullMarked;
