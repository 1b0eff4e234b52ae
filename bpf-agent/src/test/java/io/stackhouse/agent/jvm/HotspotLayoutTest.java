package io.stackhouse.agent.jvm;

import static org.assertj.core.api.Assertions.assertThat;

import io.stackhouse.agent.sample.BpfSampleSource;
import io.stackhouse.agent.sample.BtfStructs;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HotspotLayoutTest {
    @ParameterizedTest
    @ValueSource(strings = {"stackhouse-x86_64.bpf.o", "stackhouse-arm64.bpf.o"})
    void agreesWithTheCompiledObject(String object) throws IOException {
        BtfStructs structs;
        try (InputStream in = BpfSampleSource.class.getResourceAsStream(object)) {
            structs = BtfStructs.read(in.readAllBytes());
        }

        assertThat(structs.size("sh_hotspot")).isEqualTo(HotspotLayout.BYTES);
        assertThat(structs.members("sh_hotspot"))
                .isEqualTo(Map.ofEntries(
                        Map.entry("start_boottime", HotspotLayout.START_BOOTTIME),
                        Map.entry("exec_id", HotspotLayout.EXEC_ID),
                        Map.entry("low", HotspotLayout.LOW),
                        Map.entry("high", HotspotLayout.HIGH),
                        Map.entry("interpreter_low", HotspotLayout.INTERPRETER_LOW),
                        Map.entry("interpreter_high", HotspotLayout.INTERPRETER_HIGH),
                        Map.entry("heap", HotspotLayout.HEAP),
                        Map.entry("heaps", HotspotLayout.HEAPS),
                        Map.entry("segment_shift", HotspotLayout.SEGMENT_SHIFT),
                        Map.entry("heap_block_bytes", HotspotLayout.HEAP_BLOCK_BYTES),
                        Map.entry("blob_bytes", HotspotLayout.BLOB_BYTES),
                        Map.entry("blob_name", HotspotLayout.BLOB_NAME),
                        Map.entry("frame_size", HotspotLayout.FRAME_SIZE),
                        Map.entry("frame_complete", HotspotLayout.FRAME_COMPLETE),
                        Map.entry("frame_complete_bytes", HotspotLayout.FRAME_COMPLETE_BYTES),
                        Map.entry("code", HotspotLayout.CODE),
                        Map.entry("code_is_pointer", HotspotLayout.CODE_IS_POINTER),
                        Map.entry("deopt", HotspotLayout.DEOPT),
                        Map.entry("deopt_is_pointer", HotspotLayout.DEOPT_IS_POINTER),
                        Map.entry("original_pc", HotspotLayout.ORIGINAL_PC),
                        Map.entry("compile_id", HotspotLayout.COMPILE_ID),
                        Map.entry("const_method", HotspotLayout.CONST_METHOD),
                        Map.entry("const_method_bytes", HotspotLayout.CONST_METHOD_BYTES),
                        Map.entry("constants", HotspotLayout.CONSTANTS),
                        Map.entry("code_bytes", HotspotLayout.CODE_BYTES),
                        Map.entry("name_index", HotspotLayout.NAME_INDEX),
                        Map.entry("unused", HotspotLayout.NAME_INDEX + Short.BYTES)));
        assertThat(structs.size("sh_code_heap")).isEqualTo(HotspotLayout.HEAP_BYTES);
        assertThat(structs.members("sh_code_heap"))
                .isEqualTo(Map.of(
                        "low", HotspotLayout.HEAP_LOW,
                        "high", HotspotLayout.HEAP_HIGH,
                        "segments", HotspotLayout.HEAP_SEGMENTS));
    }
}
