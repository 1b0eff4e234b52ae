package io.stackhouse.agent.jvm;

/** Offsets of {@code struct sh_hotspot} in hotspot.h; a test compares them with the object's BTF. */
final class HotspotLayout {
    static final int START_BOOTTIME = 0;
    static final int EXEC_ID = 8;
    static final int LOW = 16;
    static final int HIGH = 24;
    static final int INTERPRETER_LOW = 32;
    static final int INTERPRETER_HIGH = 40;
    static final int HEAP = 48;
    static final int HEAPS = 144;
    static final int SEGMENT_SHIFT = 146;
    static final int HEAP_BLOCK_BYTES = 148;
    static final int BLOB_BYTES = 150;
    static final int BLOB_NAME = 152;
    static final int FRAME_SIZE = 154;
    static final int FRAME_COMPLETE = 156;
    static final int FRAME_COMPLETE_BYTES = 158;
    static final int CODE = 160;
    static final int CODE_IS_POINTER = 162;
    static final int DEOPT = 164;
    static final int DEOPT_IS_POINTER = 166;
    static final int ORIGINAL_PC = 168;
    static final int COMPILE_ID = 170;
    static final int CONST_METHOD = 172;
    static final int CONST_METHOD_BYTES = 174;
    static final int CONSTANTS = 176;
    static final int CODE_BYTES = 178;
    static final int NAME_INDEX = 180;
    static final int BYTES = 184;

    // struct sh_code_heap
    static final int HEAP_LOW = 0;
    static final int HEAP_HIGH = 8;
    static final int HEAP_SEGMENTS = 16;
    static final int HEAP_BYTES = 24;

    // Frame types.
    static final int COMPILED = 1;
    static final int INTERPRETED = 2;
    static final int STUB = 3;
    static final int NO_BCI = 0xffff;

    private HotspotLayout() {}
}
