package io.stackhouse.agent.elf;

/**
 * Where a symbol table stands in a file, bounds checked against the file's size.
 *
 * @param offset of the first entry in the file
 * @param count of entries of 24 bytes
 * @param stringsOffset where the names start in the file
 * @param stringsBytes how long the names are
 */
record SymbolSection(long offset, int count, long stringsOffset, long stringsBytes) {
    static final int ENTRY_BYTES = 24;
}
