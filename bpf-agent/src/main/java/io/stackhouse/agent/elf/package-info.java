/**
 * Reads ELF files: what maps where, which symbols there are, and what identifies a file.
 *
 * <p>The bytes belong to programs that nobody has checked. Whatever they say, reading them costs bounded memory and time, and the only exception beside a
 * failing read is {@link io.stackhouse.agent.elf.ElfFormatException}.
 */
@NullMarked
package io.stackhouse.agent.elf;

import org.jspecify.annotations.NullMarked;
