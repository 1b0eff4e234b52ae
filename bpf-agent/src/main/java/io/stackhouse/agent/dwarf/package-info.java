/**
 * Source lines and inlined functions of addresses, from DWARF 2 to 5 and from Go's own tables.
 *
 * <p>Sections are read through windows, never mapped or loaded whole; the bytes belong to files that nobody has checked. Whatever they say, reading them costs bounded
 * memory, and the only exception beside a failing read is {@link io.stackhouse.agent.elf.ElfFormatException}.
 */
@NullMarked
package io.stackhouse.agent.dwarf;

import org.jspecify.annotations.NullMarked;
