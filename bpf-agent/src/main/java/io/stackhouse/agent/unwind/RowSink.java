package io.stackhouse.agent.unwind;

/** Takes the rows of functions. */
@FunctionalInterface
interface RowSink {
    /**
     * Takes a rule.
     *
     * @param address ELF virtual address from which on the rule holds; ascending within a function
     * @param rule of {@link Rule}
     */
    void row(long address, long rule);
}
