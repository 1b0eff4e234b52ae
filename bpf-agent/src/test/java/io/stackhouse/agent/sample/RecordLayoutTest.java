package io.stackhouse.agent.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordLayoutTest {
    @ParameterizedTest
    @ValueSource(strings = {"stackhouse-x86_64.bpf.o", "stackhouse-arm64.bpf.o"})
    void agreesWithTheCompiledObject(String object) throws IOException {
        BtfStructs structs;
        try (InputStream in = RecordLayoutTest.class.getResourceAsStream(object)) {
            structs = BtfStructs.read(in.readAllBytes());
        }

        assertThat(structs.size("stack_record")).isEqualTo(RecordLayout.RECORD_BYTES);
        assertThat(structs.members("stack_record"))
                .isEqualTo(Map.ofEntries(
                        Map.entry("kind", RecordLayout.KIND),
                        Map.entry("flags", RecordLayout.FLAGS),
                        Map.entry("hash", RecordLayout.HASH),
                        Map.entry("tgid", RecordLayout.TGID),
                        Map.entry("tid", RecordLayout.TID),
                        Map.entry("cpu", RecordLayout.CPU),
                        Map.entry("nk", RecordLayout.KERNEL_COUNT),
                        Map.entry("nw", RecordLayout.USER_WORDS),
                        Map.entry("start_boottime", RecordLayout.START_BOOTTIME),
                        Map.entry("exec_id", RecordLayout.EXEC_ID),
                        Map.entry("boottime", RecordLayout.BOOTTIME),
                        Map.entry("cgroup_id", RecordLayout.CGROUP_ID),
                        Map.entry("comm", RecordLayout.COMM),
                        Map.entry("status", RecordLayout.STATUS),
                        Map.entry("need", RecordLayout.NEED),
                        Map.entry("region", RecordLayout.REGION),
                        Map.entry("words", RecordLayout.WORDS)));
        assertThat(RecordLayout.RECORD_BYTES)
                .isEqualTo(RecordLayout.WORDS
                        + (RecordLayout.MAX_KERNEL_FRAMES + RecordLayout.MAX_USER_WORDS) * Long.BYTES);

        assertThat(structs.size("traced_record")).isEqualTo(RecordLayout.TRACED_BYTES);
        assertThat(structs.members("traced_record"))
                .isEqualTo(Map.ofEntries(
                        Map.entry("kind", RecordLayout.KIND),
                        Map.entry("flags", RecordLayout.TRACED_FLAGS),
                        Map.entry("attribute_bytes", RecordLayout.TRACED_ATTRIBUTE_BYTES),
                        Map.entry("hash", RecordLayout.TRACED_HASH),
                        Map.entry("tgid", RecordLayout.TRACED_TGID),
                        Map.entry("tid", RecordLayout.TRACED_TID),
                        Map.entry("boottime", RecordLayout.TRACED_BOOTTIME),
                        Map.entry("trace_id", RecordLayout.TRACED_TRACE_ID),
                        Map.entry("span_id", RecordLayout.TRACED_SPAN_ID),
                        Map.entry("attributes", RecordLayout.TRACED_ATTRIBUTES)));
        assertThat(RecordLayout.TRACED_ATTRIBUTES + RecordLayout.MAX_TRACED_ATTRIBUTES)
                .isLessThanOrEqualTo(RecordLayout.TRACED_BYTES);

        assertThat(structs.size("sleep_record")).isEqualTo(RecordLayout.SLEEP_BYTES);
        assertThat(structs.members("sleep_record"))
                .containsEntry("kind", RecordLayout.KIND)
                .containsEntry("odds", RecordLayout.SLEEP_ODDS)
                .containsEntry("duration", RecordLayout.SLEEP_DURATION)
                .containsEntry("sample", RecordLayout.SLEEP_SAMPLE);
        assertThat(structs.size("draw")).isEqualTo(RecordLayout.DRAW_BYTES);
        assertThat(structs.members("draw"))
                .containsEntry("odds", RecordLayout.DRAW_ODDS)
                .containsEntry("taken", RecordLayout.DRAW_TAKEN)
                .containsEntry("limit", RecordLayout.DRAW_LIMIT)
                .containsEntry("step", RecordLayout.DRAW_STEP);

        assertThat(structs.size("stack_count")).isEqualTo(RecordLayout.COUNT_BYTES);
        assertThat(structs.members("stack_count"))
                .containsEntry("count", RecordLayout.COUNT_COUNT)
                .containsEntry("tgid", RecordLayout.COUNT_TGID)
                .containsEntry("event", RecordLayout.COUNT_EVENT);
        assertThat(structs.size("process_key")).isEqualTo(RecordLayout.PROCESS_KEY_BYTES);
        assertThat(structs.size("settings")).isEqualTo(RecordLayout.SETTINGS_BYTES);
        assertThat(structs.members("settings"))
                .containsEntry("hash_seed", RecordLayout.SETTINGS_HASH_SEED)
                .containsEntry("need_interval", RecordLayout.SETTINGS_NEED_INTERVAL)
                .containsEntry("aggregate", RecordLayout.SETTINGS_AGGREGATE)
                .containsEntry("tables", RecordLayout.SETTINGS_TABLES)
                .containsEntry("contexts", RecordLayout.SETTINGS_CONTEXTS);
        assertThat(structs.size("counters")).isEqualTo(RecordLayout.COUNTERS_BYTES);
        assertThat(structs.members("counters"))
                .isEqualTo(Map.ofEntries(
                        Map.entry("samples", 0),
                        Map.entry("counted", 8),
                        Map.entry("new_stacks", 16),
                        Map.entry("singles", 24),
                        Map.entry("lost", 32),
                        Map.entry("ring_full", 40),
                        Map.entry("seen_full", 48),
                        Map.entry("counts_full", 56),
                        Map.entry("no_user_stack", 64),
                        Map.entry("kernel_truncated", 72),
                        Map.entry("user_truncated", 80),
                        Map.entry("folded", 88),
                        Map.entry("needs", 96),
                        Map.entry("table_steps", 104),
                        Map.entry("fp_steps", 112),
                        Map.entry("hotspot_steps", 120),
                        Map.entry("traced", 128),
                        Map.entry("contexts", 136),
                        Map.entry("contexts_bad", 144),
                        Map.entry("contexts_cut", 152),
                        Map.entry("untraced", 160),
                        Map.entry("statuses", RecordLayout.COUNTERS_STATUSES)));
    }
}
