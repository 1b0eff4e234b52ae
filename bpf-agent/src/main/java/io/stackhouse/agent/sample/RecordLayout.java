package io.stackhouse.agent.sample;

/** Offsets of {@code struct stack_record} and the structs beside it in stackhouse.h; a test compares them with the object's BTF. */
final class RecordLayout {
    static final int KIND = 0;
    static final int FLAGS = 4;
    static final int HASH = 8;
    static final int TGID = 16;
    static final int TID = 20;
    static final int CPU = 24;
    static final int KERNEL_COUNT = 28;
    static final int USER_WORDS = 30;
    static final int START_BOOTTIME = 32;
    static final int EXEC_ID = 40;
    static final int BOOTTIME = 48;
    static final int CGROUP_ID = 56;
    static final int COMM = 64;
    static final int STATUS = 80;
    static final int NEED = 82;
    static final int REGION = 84;
    static final int WORDS = 88;
    static final int RECORD_BYTES = 5200;

    static final int COMM_BYTES = 16;
    static final int MAX_KERNEL_FRAMES = 127;
    static final int MAX_USER_FRAMES = 256;
    static final int MAX_USER_WORDS = 512;

    static final int KIND_STACK = 1;
    static final int KIND_SINGLE = 2;
    static final int KIND_NEED = 3;
    static final int KIND_TRACED = 4;
    static final int KIND_SLEEP = 5;

    /** In the flags of a record. */
    static final int EVENT_SHIFT = 8;

    static final int FLAG_KERNEL_TRUNCATED = 1;
    static final int FLAG_USER_TRUNCATED = 2;
    static final int FLAG_FOLDED = 4;

    // the first word of a user frame
    static final int FRAME_PC_BITS = 56;
    static final long FRAME_PC_MASK = (1L << FRAME_PC_BITS) - 1;
    static final int FRAME_COOKIES_SHIFT = 6;
    static final int MAX_COOKIES = 3;
    static final int FRAME_EXACT = 0x20;
    static final int FRAME_TYPE_MASK = 0x1f;

    // struct traced_record
    static final int TRACED_FLAGS = 4;
    static final int TRACED_ATTRIBUTE_BYTES = 6;
    static final int TRACED_HASH = 8;
    static final int TRACED_TGID = 16;
    static final int TRACED_TID = 20;
    static final int TRACED_BOOTTIME = 24;
    static final int TRACED_TRACE_ID = 32;
    static final int TRACED_SPAN_ID = 48;
    static final int TRACED_ATTRIBUTES = 56;
    static final int TRACED_BYTES = 672;
    static final int MAX_TRACED_ATTRIBUTES = 612;
    static final int TRACED_LINK = 1;

    // struct sleep_record
    static final int SLEEP_ODDS = 8;
    static final int SLEEP_DURATION = 16;
    static final int SLEEP_SAMPLE = 24;
    static final int SLEEP_BYTES = 696;

    // struct draw
    static final int DRAW_ODDS = 0;
    static final int DRAW_TAKEN = 8;
    static final int DRAW_LIMIT = 16;
    static final int DRAW_STEP = 24;
    static final int DRAW_BYTES = 64;

    // struct stack_count
    static final int COUNT_KEY_BYTES = 8;
    static final int COUNT_COUNT = 0;
    static final int COUNT_TGID = 8;
    static final int COUNT_EVENT = 12;
    static final int COUNT_BYTES = 16;

    // struct process_key
    static final int PROCESS_KEY_BYTES = 24;

    // struct settings
    static final int SETTINGS_HASH_SEED = 0;
    static final int SETTINGS_NEED_INTERVAL = 8;
    static final int SETTINGS_AGGREGATE = 16;
    static final int SETTINGS_TABLES = 20;
    static final int SETTINGS_CONTEXTS = 24;
    static final int SETTINGS_BYTES = 32;

    // struct counters
    static final int COUNTERS_STATUSES = 168;
    static final int STATUSES = 16;
    static final int COUNTERS_BYTES = 296;

    private RecordLayout() {}
}
