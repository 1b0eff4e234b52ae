package io.stackhouse.agent.context;

/** Offsets of {@code struct sh_context_place} in context.h; a test compares them with the object's BTF. */
final class ContextLayout {
    static final int START_BOOTTIME = 0;
    static final int EXEC_ID = 8;
    static final int OFFSET = 16;
    static final int MODULE = 24;
    static final int VECTOR = 32;
    static final int SLOTS = 36;
    static final int SLOT_BYTES = 40;
    static final int BYTES = 48;

    private ContextLayout() {}
}
