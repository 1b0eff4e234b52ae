package io.stackhouse.agent.elf;

import java.io.IOException;

/** The bytes are not an ELF file that this reader takes: not ELF, not 64-bit little-endian, cut short, or contradicting themselves. */
public final class ElfFormatException extends IOException {
    private static final long serialVersionUID = 1L;

    public ElfFormatException(String message) {
        super(message);
    }
}
