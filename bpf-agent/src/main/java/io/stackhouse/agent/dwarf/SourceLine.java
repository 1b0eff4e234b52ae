package io.stackhouse.agent.dwarf;

import org.jspecify.annotations.Nullable;

/**
 * One function that runs at an address, and where in it: an address has several when functions were inlined there.
 *
 * @param function as its source of truth has it, mangled or not; null if only the place is known
 * @param file path of the source; null if unknown
 * @param line from 1 on; 0 if unknown
 * @param column from 1 on; 0 if unknown
 */
public record SourceLine(
        @Nullable String function, @Nullable String file, int line, int column) {}
