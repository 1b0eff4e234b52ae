package io.stackhouse.agent.context;

/**
 * How to get from a thread's pointer to its copy of a thread-local variable; context.h has the rule.
 *
 * @param offset in bytes, from the thread pointer, or from the begin of the module's block
 * @param module the slot of the thread's vector of modules; 0 if the offset counts from the thread pointer
 * @param vector where, from the thread pointer, the vector's address stands
 * @param slots where, from the vector's address, the number of its slots stands
 * @param slotBytes of the vector; 0 if the offset counts from the thread pointer
 */
record VariablePlace(long offset, long module, int vector, int slots, int slotBytes) {
    static VariablePlace ofThread(long offset) {
        return new VariablePlace(offset, 0, 0, 0, 0);
    }

    static VariablePlace ofModule(long module, long offset, ThreadLayout layout) {
        return new VariablePlace(offset, module, layout.vector(), layout.slots(), layout.slotBytes());
    }
}
